"""Calls that the bot places: campaigns and contacts in the database, the dialler, its carriers, and what came of it."""
