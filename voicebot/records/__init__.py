"""The memory of calls: who rang, what was said and done, kept sealed; users, audit, retention, export and erasure."""
