"""Recorded calls through the very same code: fixtures, the synchronous driver, verdicts and reports."""
