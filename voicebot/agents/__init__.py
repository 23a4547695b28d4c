"""Humans at the console who take calls: who gets whom. Pure."""
