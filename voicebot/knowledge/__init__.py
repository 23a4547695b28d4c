"""What the shop knows: entries, how the one that fits is found, and when none does."""

from voicebot.knowledge.entries import Entry, load_folder
from voicebot.knowledge.goods import Goods
from voicebot.knowledge.knowledge import Answer, Knowledge

__all__ = ["Answer", "Entry", "Goods", "Knowledge", "load_folder"]
