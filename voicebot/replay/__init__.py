"""Recorded calls in, verdicts out: fixtures, the simulated line, the driver of virtual time, the report."""
