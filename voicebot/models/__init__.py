"""Model files: where they come from, whether they are whole, and where they are kept."""

from voicebot.models.cache import State, cache_folder, check, folder
from voicebot.models.fetch import fetch
from voicebot.models.table import MODELS, File, Model, named

__all__ = ["MODELS", "File", "Model", "State", "cache_folder", "check", "fetch", "folder", "named"]
