"""What happens in a call and what the bot must do, as it is written in `audio_fixtures/NAME.yaml`.

Who writes a call writes this file without segments; `voicebot fixtures make` speaks the caller's part and
adds to each turn the segment of the sound file that holds it. Nothing in a call happens at a fixed time: the
caller waits for the bot, as people do, so turns are given relative to what the bot says.

    bot     ──says──┐                 ┌──────says──────
    caller          └ pause_ms ─ says ┘       └ barge_in_ms after the bot began: says
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from voicebot.nlu.understanding import Mood, Turn
from voicebot.replay.line import Codec, LineOptions

PAUSE = re.compile(r"\[(\d+)ms\]")
"""A pause within what the caller says: 我想那个[1200ms]退货."""


class Strict(BaseModel):
    """Frozen; no key that is not known; no text made of numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _compilable(phrases: tuple[str, ...]) -> tuple[str, ...]:
    for phrase in phrases:
        pattern = _pattern(phrase)
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{phrase} is not a regular expression: {error}") from error
    return phrases


def _pattern(phrase: str) -> str | None:
    return phrase[1:-1] if len(phrase) > 2 and phrase[0] == phrase[-1] == "/" else None


def found(phrase: str, text: str) -> bool:
    """Is the phrase in the text? `/.../` is a regular expression, anything else stands for itself."""
    pattern = _pattern(phrase)
    return phrase in text if pattern is None else re.search(pattern, text) is not None


Phrases = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed), AfterValidator(_compilable)
]
"""One phrase or several, each a piece of text or a `/regular expression/`."""


class Span(Strict):
    """A stretch of the sound file, in milliseconds; whole frames of 20 ms."""

    start_ms: int = Field(ge=0, multiple_of=20)
    end_ms: int = Field(gt=0, multiple_of=20)

    @model_validator(mode="after")
    def _forward(self) -> Span:
        if self.start_ms >= self.end_ms:
            raise ValueError("end_ms must be greater than start_ms")
        return self


class Segment(Span):
    """A turn in the sound file. Answer gaps count from `speech_end_ms`, the end of the last sound spoken."""

    speech_start_ms: int
    speech_end_ms: int

    @model_validator(mode="after")
    def _inside(self) -> Segment:
        if not self.start_ms <= self.speech_start_ms < self.speech_end_ms <= self.end_ms:
            raise ValueError(
                "speech_start_ms and speech_end_ms must lie in order between start_ms and end_ms"
            )
        return self


class Line(Strict):
    """The line that the call comes over. Files are relative to the call's own file."""

    codec: Codec = "alaw"
    band: bool = True
    level_dbfs: float = Field(default=-24.0, ge=-60, le=0)
    """The caller's voice before the line takes its band from it; gain_db of a turn adds."""
    noise: str | None = None
    talk: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """For `noise: babble`: the sentences that others say near the caller, each again and again."""
    snr_db: float = Field(default=20.0, ge=-20, le=80)
    room: str | None = None
    overdrive_db: float = Field(default=0.0, ge=0, le=40)
    loss: float = Field(default=0.0, ge=0, le=1)
    burst: float | None = Field(default=None, ge=1)
    loss_pattern: str | None = None
    concealment: Literal["repeat", "none"] = "repeat"

    @model_validator(mode="after")
    def _babble_talks(self) -> Line:
        if (self.noise == "babble") != bool(self.talk):
            raise ValueError("noise: babble and talk (the sentences it is made of) need each other")
        return self

    def options(self, seed: int) -> LineOptions:
        """As the simulation wants it."""
        return LineOptions(**self.model_dump(exclude={"talk"}), seed=seed)


class Bot(Strict):
    """What the bot must say, and must not, between the caller's turns around this one."""

    says: Phrases = ()
    absent: Phrases = ()
    expecting: str | None = None
    """The name of what it asked for."""


class BotTurn(Strict):
    """An expectation."""

    bot: Bot


class Waits(Strict):
    """When a turn begins: `pause_ms` after the bot (or the caller himself) ended, or by barge-in."""

    after: Literal["bot", "caller"] = "bot"
    pause_ms: int = Field(default=600, ge=0, le=60_000)
    barge_in_ms: int | None = Field(default=None, ge=0, le=60_000)
    """So long after the bot began to speak, whether it is still speaking or not."""

    @model_validator(mode="after")
    def _one_moment(self) -> Waits:
        if self.barge_in_ms is not None and self.model_fields_set & {"after", "pause_ms"}:
            raise ValueError("barge_in_ms says when the turn begins; take after and pause_ms away")
        return self


class HeardWanted(Strict):
    """What recognition must make of it. `digits` are Arabic; `cer_max` is a share of the characters."""

    contains: Phrases = ()
    absent: Phrases = ()
    digits: str | None = Field(default=None, pattern=r"^\d+$")
    cer_max: float | None = Field(default=None, ge=0)


class UnderstoodWanted(Strict):
    """What understanding must make of it; only what is given is judged."""

    intent: str | None = None
    intents: tuple[str, ...] | None = None
    slots: Mapping[str, str | int] = {}
    mood: Mood | None = None
    turn: Turn | None = None


class CallerTurn(Waits):
    """The caller says this. Digits are written as they are spoken: 三幺二."""

    caller: str = Field(min_length=1)
    voice: str | None = None
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    gain_db: float = Field(default=0.0, ge=-40, le=20)
    heard: HeardWanted | None = None
    understood: UnderstoodWanted | None = None
    within_ms: int | None = Field(default=None, gt=0)
    """The answer gap; judged in real time only."""
    segment: Segment | None = None

    @model_validator(mode="after")
    def _says_something(self) -> CallerTurn:
        if not self.words.strip():
            raise ValueError("caller must say something; a silent caller is written as silence: SECONDS")
        return self

    @property
    def words(self) -> str:
        """What is said, without the pauses."""
        return PAUSE.sub("", self.caller)


class KeysTurn(Waits):
    """The caller presses keys, which the line signals; or, in_band, which only sound in its audio."""

    keys: str = Field(pattern=r"^[0-9*#A-D]+$")
    in_band: bool = False
    gap_ms: int = Field(default=200, ge=40, le=10_000)
    """From the beginning of one key to the beginning of the next (at least 100 in band)."""
    within_ms: int | None = Field(default=None, gt=0)
    segment: Segment | None = None
    """Where the tones are; in band only."""

    @model_validator(mode="after")
    def _tones_last(self) -> KeysTurn:
        if self.in_band and self.gap_ms < 100:
            raise ValueError("gap_ms must be at least 100 for keys in band")
        return self


class SilenceTurn(Strict):
    """The caller says nothing for so many seconds after the bot ended, whatever the bot does meanwhile."""

    silence: float = Field(gt=0, le=600)


class HangUpTurn(Waits):
    """The caller hangs up."""

    hang_up: Literal[True]


class NoTurn(Strict):
    """What is none of the turns."""

    @model_validator(mode="before")
    @classmethod
    def _refuse(cls, _data: Any) -> Any:
        raise ValueError(f"a turn has exactly one of the keys {', '.join(TURNS)}")


TURNS = ("bot", "caller", "keys", "silence", "hang_up")


def _kind(turn: Any) -> str:
    if not isinstance(turn, Mapping):
        kinds = [name for name in TURNS if hasattr(turn, name)]
    else:
        kinds = [name for name in TURNS if name in turn]
    return f"<{kinds[0]}>" if len(kinds) == 1 else "<none>"


AnyTurn = Annotated[
    Annotated[BotTurn, Tag("<bot>")]
    | Annotated[CallerTurn, Tag("<caller>")]
    | Annotated[KeysTurn, Tag("<keys>")]
    | Annotated[SilenceTurn, Tag("<silence>")]
    | Annotated[HangUpTurn, Tag("<hang_up>")]
    | Annotated[NoTurn, Tag("<none>")],
    Discriminator(_kind),
]


def _some(turns: tuple[AnyTurn, ...]) -> tuple[AnyTurn, ...]:
    if not turns:
        raise ValueError("a call has at least one turn")
    return turns


class Deed(Strict):
    """Something looked up or done: `name` as in Look and Do, or a Transfer's `to`; arguments in part."""

    name: str
    arguments: Mapping[str, Any] = {}


class CallScript(Strict):
    """A call: who rings when over which line, what is said in which order, and what must have come of it."""

    title: str = Field(min_length=1)
    caller: str | None = None
    """The number that the line signals."""
    called: str | None = None
    at: datetime
    """The shop's date and time when the call begins."""
    voice: str = "zm_yunxi"
    seed: int = Field(default=0, ge=0)
    line: Line = Line()
    human: Literal["answers", "busy", "no_answer"] = "answers"
    """What a transfer meets."""
    turns: Annotated[tuple[AnyTurn, ...], AfterValidator(_some)]
    done: tuple[Deed, ...] = ()
    absent: tuple[str, ...] = ()
    """Names of what must not be looked up, done or transferred to."""
    ended: Literal["bot", "caller", "transferred"] | None = None
    background: Span | None = None
    """A stretch of the sound file in which only the line is heard; it fills the time between turns."""
