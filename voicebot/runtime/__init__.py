"""Calls in real time: one inbox per call, engines in worker threads, one absolute schedule for all audio."""
