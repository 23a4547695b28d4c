"""Who has answered: a human, or a machine; and when its beep is over.

    human     喂?─────┐ short, then silence: HUMAN ───────── words of a machine after all, or a beep: MACHINE
    machine   您好,我现在不方便接听…… ─ words, or too long: MACHINE ──── beep ┐ BEEP
    nobody    ........................ silence: HUMAN (he waits for a word)

Three things tell: the cadence of the greeting, its words where they were recognised, and a beep. Frames and
transcripts go in, verdicts come out; time is counted in frames from the answer. What rings before the answer is not
heard here at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from voicebot.call.beep import Beep, BeepEar
from voicebot.call.cadence import FRAME_MS, Cadence
from voicebot.call.ear import level_dbfs
from voicebot.call.greetings import Leaning, hello, leaning


class Answerer(Enum):
    """Who has answered; BEEP: the machine records from now on."""

    HUMAN = "human"
    MACHINE = "machine"
    BEEP = "beep"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who, `at_ms` after the answer, and because of what: words, length, silence, short, beep, key."""

    who: Answerer
    at_ms: int
    why: str


@dataclass(frozen=True, slots=True)
class MachineOptions:
    """Times in milliseconds; tuned on other voices and texts than it is judged by (benchmarks/answering_machines.py).

    Silence after a greeting makes it a human's: `hello_gap` after a mere hello, `human_gap` after a human's words,
    `short_gap` after a greeting of up to `short`, `long_gap` after a longer one that is not yet `long`. From `long` on
    it is a machine's, from `longest` on even if a human's words are in it. `wait` without any voice is a human who
    waits. A machine without a beep records `no_beep` after its last word; for `doubt` after the verdict a human may
    yet turn out to be a machine.
    """

    hello_gap: int = 500
    human_gap: int = 460
    short: int = 1500
    short_gap: int = 640
    long_gap: int = 1000
    long: int = 4400
    longest: int = 6500
    wait: int = 2000
    no_beep: int = 2500
    doubt: int = 15_000


class AnsweringMachine:
    """Judges one answer. Frames and transcripts in, verdicts out; each kind of verdict comes once."""

    def __init__(self, options: MachineOptions | None = None) -> None:
        self._options = options or MachineOptions()
        self._cadence = Cadence()
        self._beeps = BeepEar()
        self._leaning: Leaning = "either"
        self._hello = False
        self._read_ms = 0
        self.verdict: Verdict | None = None

    @property
    def greeting_over(self) -> bool:
        """Has a machine been silent for so long that it may be recording, though there was no beep?"""
        return self._cadence.silent_ms >= self._options.no_beep and not self._beeps.sounding

    @property
    def heard_voice(self) -> bool:
        """Has anybody said anything?"""
        return self._cadence.first_ms is not None

    @property
    def sounding(self) -> bool:
        """Does a beep sound now? It is no speech."""
        return self._beeps.sounding

    def hear(self, frame: bytes, speech: bool) -> Verdict | None:
        """Take 20 ms of the line (320 bytes) and whether there is speech in them."""
        beep = self._beeps.hear(frame)
        self._cadence.hear(speech and not self._beeps.sounding, level_dbfs(frame))
        if beep is Beep.BEGAN and self._is_not(Answerer.MACHINE, Answerer.BEEP) and self._doubted():
            return self._found(Answerer.MACHINE, "beep")
        if beep is Beep.ENDED and self.verdict is not None and self.verdict.who is Answerer.MACHINE:
            return self._found(Answerer.BEEP, "beep")
        return self._judged() if self.verdict is None else None

    def read(self, texts: Sequence[str]) -> Verdict | None:
        """Take the readings of all that was said up to now, the best first; none where nothing was recognised."""
        self._leaning, self._hello = leaning(texts), bool(texts) and hello(texts[0])
        self._read_ms = self._cadence.heard_ms
        if self._leaning == "machine" and self._is_not(Answerer.MACHINE, Answerer.BEEP) and self._doubted():
            return self._found(Answerer.MACHINE, "words")
        return self._judged() if self.verdict is None else None

    def assume_human(self, why: str = "silence") -> Verdict | None:
        """Something else than sound tells that a human is there; None when somebody was found already."""
        return self._found(Answerer.HUMAN, why) if self.verdict is None else None

    def _judged(self) -> Verdict | None:
        options, cadence = self._options, self._cadence
        if cadence.first_ms is None:
            return self._found(Answerer.HUMAN, "silence") if cadence.heard_ms >= options.wait else None
        if cadence.span_ms >= (options.longest if self._leaning == "human" else options.long):
            return self._found(Answerer.MACHINE, "length")
        if cadence.silent_ms < self._gap() or self._beeps.sounding:
            return None
        return self._found(Answerer.HUMAN, "words" if self._leaning == "human" else "short")

    def _gap(self) -> int:
        """So much silence after what was said so far, and it was a human."""
        options = self._options
        if self._leaning == "human":
            return options.human_gap
        if self._hello and self._cadence.span_ms <= options.short:
            return options.hello_gap
        return options.short_gap if self._cadence.span_ms <= options.short else options.long_gap

    def _is_not(self, *who: Answerer) -> bool:
        return self.verdict is None or self.verdict.who not in who

    def _doubted(self) -> bool:
        late = 0 if self.verdict is None else self._cadence.heard_ms - self.verdict.at_ms
        return late <= self._options.doubt

    def _found(self, who: Answerer, why: str) -> Verdict:
        self.verdict = Verdict(who, max(self._cadence.heard_ms, FRAME_MS), why)
        return self.verdict
