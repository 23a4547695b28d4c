"""The only place where classes are chosen and joined."""

from voicebot.app.bot import App
from voicebot.app.demo import demo_database

__all__ = ["App", "demo_database"]
