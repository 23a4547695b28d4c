"""One call as a value machine: events in, actions out. Pure: no clock, socket, thread, random number or await."""

from voicebot.call.call import Call, Parts
from voicebot.call.conversation import Understand
from voicebot.call.options import CallOptions
from voicebot.call.screening import Placed

__all__ = ["Call", "CallOptions", "Parts", "Placed", "Understand"]
