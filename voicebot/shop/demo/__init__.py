"""A demonstration shop that is the same each time, with its orders relative to a given day."""
