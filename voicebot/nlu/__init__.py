"""Understanding: text or scored alternatives in, intents, slots, mood and turn out. Pure."""
