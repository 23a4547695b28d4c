"""The dialogue: a script, and a conversation as a fold over what was said. Pure.

script = load_script(Path("config/dialogues/hotline.yaml"))
state = begin(script)
state, reply = step(script, state, Began(caller, now, line))
"""

from voicebot.dialogue.load import join_script, load_script, parse_script
from voicebot.dialogue.read import ScriptError
from voicebot.dialogue.reply import Keys, Reply, Speech
from voicebot.dialogue.said import (
    Answer,
    Began,
    Digits,
    HandedOver,
    HumanFailed,
    Keyed,
    NotHeard,
    Returned,
    Said,
    Spoke,
    WasSilent,
)
from voicebot.dialogue.script import Script
from voicebot.dialogue.state import State
from voicebot.dialogue.step import begin, step
from voicebot.dialogue.story import story_of
from voicebot.dialogue.turn import TRANSCRIPT

__all__ = [
    "TRANSCRIPT",
    "Answer",
    "Began",
    "Digits",
    "HandedOver",
    "HumanFailed",
    "Keyed",
    "Keys",
    "NotHeard",
    "Reply",
    "Returned",
    "Said",
    "Script",
    "ScriptError",
    "Speech",
    "Spoke",
    "State",
    "WasSilent",
    "begin",
    "join_script",
    "load_script",
    "parse_script",
    "step",
    "story_of",
]
