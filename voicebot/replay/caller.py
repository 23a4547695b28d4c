"""A recorded caller: waits for the bot as a person does, then plays the next turn of the fixture."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle

from voicebot.events import Answered, Event, Heard, HungUp, Pressed, TransferFailed, Transferred
from voicebot.replay.fixture import Fixture
from voicebot.replay.script import PAUSE, BotTurn, CallerTurn, HangUpTurn, KeysTurn, SilenceTurn, Waits

FRAME_BYTES = 320
FRAME_S = 0.02
PATIENCE_S = 45.0
"""A caller who has nothing left to say, or hears nothing for so long, hangs up."""


@dataclass(slots=True)
class TurnTimes:
    """When a turn really happened, in seconds since the call began; None: it has not, or does not apply."""

    started: float | None = None
    over_bot: bool = False
    """Did it begin while the bot was speaking?"""
    speech_start: float | None = None
    speech_end: float | None = None
    silenced: float | None = None
    """When the bot fell silent after this turn had begun while it spoke."""
    answered: float | None = None
    """When the bot's first sound after the caller's last was heard."""

    @property
    def gap_ms(self) -> int | None:
        """From the caller's last sound to the bot's first."""
        if self.speech_end is None or self.answered is None:
            return None
        return round((self.answered - self.speech_end) * 1000)

    @property
    def barge_in_ms(self) -> int | None:
        """From the caller's first sound to the bot's silence, where he began while it spoke."""
        if not self.over_bot or self.speech_start is None or self.silenced is None:
            return None
        return round((self.silenced - self.speech_start) * 1000)


class FixtureCaller:
    """The far end of the line, as the fixture wants it."""

    def __init__(self, fixture: Fixture) -> None:
        self._fixture = fixture
        self._turns = fixture.script.turns
        self._place = 0
        self._frames: list[bytes] = []
        self._keys: list[tuple[float, str]] = []
        background = fixture.background or bytes(FRAME_BYTES)
        self._background = cycle(_split(background))
        self._begun = False
        self._bot_spoke = False
        self._bot_began = 0.0
        self._bot_last = 0.0
        self._own_end = 0.0
        self._last_life = 0.0
        self._waits_until: float | None = None
        self._open: TurnTimes | None = None
        self._speaking: CallerTurn | None = None
        self.times = [TurnTimes() for _ in self._turns]

    def tick(self, at: float, bot_speaks: bool) -> list[Event]:
        """What the caller does in this 20 ms."""
        events: list[Event] = []
        if not self._begun:
            self._begun = True
            script = self._fixture.script
            events.append(Answered(at, script.caller, script.called))
        self._hear_bot(at, bot_speaks)
        if not self._frames and not self._keys:
            events += self._maybe_begin(at, bot_speaks)
        events += self._press(at)
        events.append(Heard(at, self._frame(at)))
        if at - self._last_life > PATIENCE_S:
            events.append(HungUp(at, "caller"))
        return events

    def transfer(self, at: float, to: str) -> Event:
        """What becomes of a transfer, as the fixture says."""
        human = self._fixture.script.human
        return Transferred(at) if human == "answers" else TransferFailed(at, human.replace("_", " "))

    @property
    def words_so_far(self) -> str:
        """What the caller has said of his current turn by now, as far as whole pieces between pauses go."""
        turn = self._speaking
        if turn is None or turn.segment is None:
            return ""
        segment = turn.segment
        played = segment.end_ms - segment.start_ms - len(self._frames) * 20
        spoken = segment.speech_end_ms - segment.start_ms
        pieces = PAUSE.split(turn.caller)[::2]
        share = played / max(spoken, 1)
        said, total = "", sum(len(piece) for piece in pieces)
        for piece in pieces:
            if (len(said) + len(piece) / 2) / max(total, 1) > share:
                break
            said += piece
        return said

    def _hear_bot(self, at: float, bot_speaks: bool) -> None:
        turn = self._open
        if not bot_speaks:
            if turn is not None and turn.silenced is None and self._bot_was_speaking_at(turn):
                turn.silenced = at
            return
        if not self._bot_spoke:
            self._bot_spoke, self._bot_began = True, at
        if turn is not None and turn.answered is None and turn.speech_end is not None:
            silent_before = at - self._bot_last > FRAME_S * 1.5
            if at >= turn.speech_end and silent_before:
                turn.answered = at
        self._bot_last = self._last_life = at

    def _bot_was_speaking_at(self, turn: TurnTimes) -> bool:
        return turn.speech_start is not None and self._bot_last >= turn.speech_start

    def _maybe_begin(self, at: float, bot_speaks: bool) -> list[Event]:
        while self._place < len(self._turns) and isinstance(self._turns[self._place], BotTurn):
            self._place += 1
        if self._place == len(self._turns):
            return []
        turn = self._turns[self._place]
        if not self._due(turn, at, bot_speaks):
            return []
        times = self.times[self._place]
        times.started = at if times.started is None else times.started
        times.over_bot = bot_speaks
        self._place += 1
        self._bot_spoke, self._waits_until = bot_speaks, None
        self._last_life = at
        if isinstance(turn, HangUpTurn):
            return [HungUp(at, "caller")]
        self._begin(turn, times, at)
        return []

    def _begin(self, turn: object, times: TurnTimes, at: float) -> None:
        segment = turn.segment if isinstance(turn, CallerTurn | KeysTurn) else None
        self._speaking = turn if isinstance(turn, CallerTurn) else None
        if segment is not None:
            self._frames = _split(self._fixture.sound(segment))[::-1]
            times.speech_start = at + (segment.speech_start_ms - segment.start_ms) / 1000
            times.speech_end = at + (segment.speech_end_ms - segment.start_ms) / 1000
        elif isinstance(turn, KeysTurn):
            gap = turn.gap_ms / 1000
            self._keys = [(at + place * gap, key) for place, key in enumerate(turn.keys)]
            times.speech_end = self._keys[-1][0]
        self._own_end = at
        self._open = times

    def _due(self, turn: object, at: float, bot_speaks: bool) -> bool:
        if isinstance(turn, SilenceTurn):
            if self._waits_until is None and self._bot_spoke and not bot_speaks:
                self._waits_until = at + turn.silence
                self.times[self._place].started = at
                self._last_life = at
            return self._waits_until is not None and at >= self._waits_until
        if not isinstance(turn, Waits):
            return False
        if turn.barge_in_ms is not None:
            return self._bot_spoke and at >= self._bot_began + turn.barge_in_ms / 1000
        if turn.after == "caller":
            return at >= self._own_end + turn.pause_ms / 1000
        return self._bot_spoke and not bot_speaks and at >= self._bot_last + turn.pause_ms / 1000

    def _press(self, at: float) -> list[Event]:
        pressed: list[Event] = []
        while self._keys and self._keys[0][0] <= at + 1e-9:
            pressed.append(Pressed(at, self._keys.pop(0)[1]))
            self._own_end = self._last_life = at
        return pressed

    def _frame(self, at: float) -> bytes:
        if not self._frames:
            return next(self._background)
        self._own_end = self._last_life = at
        return self._frames.pop()


def _split(pcm: bytes) -> list[bytes]:
    return [pcm[i : i + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for i in range(0, len(pcm), FRAME_BYTES)]
