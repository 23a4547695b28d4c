"""The caller's turn: its utterances, what was fed to each recogniser, and what came back.

A turn is one utterance that may grow: when the caller goes on after a pause, the recogniser gets the whole turn
again, so that no word is torn apart. Only dictated digits are heard piece by piece, because a pause is a
border there, and the pieces are joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from voicebot.actions import Action, Conclude, Feed, Forget, Listen
from voicebot.events import Alternative, Transcript, Word

MOST_RETRIES = 1
"""How often one utterance is fed again to another recogniser after a loss."""


@dataclass(slots=True)
class _Utterance:
    number: int
    start_s: float
    audio: list[bytes] = field(default_factory=list)
    concluded: bool = False
    transcript: Transcript | None = None
    retries: int = 0


class Hearing:
    """One turn at a time. Every method returns the actions that it needs."""

    def __init__(self) -> None:
        self._next = 1
        self._row: list[_Utterance] = []
        self._heard_s = 0.0
        self._expecting: str | None = None
        self._piecewise = False

    @property
    def open(self) -> bool:
        """Is there a turn?"""
        return bool(self._row)

    @property
    def expecting(self) -> str | None:
        """What this turn was told to expect."""
        return self._expecting

    @property
    def audio(self) -> bytes:
        """All audio of this turn."""
        return b"".join(frame for utterance in self._row for frame in utterance.audio)

    def begin(self, expecting: str | None, audio: bytes, *, piecewise: bool) -> list[Action]:
        """A turn begins with this audio."""
        self._expecting, self._piecewise, self._heard_s = expecting, piecewise, 0.0
        self._row = []
        return self._listen([audio])

    def feed(self, frame: bytes) -> list[Action]:
        """More audio. After a pause it is kept, and given to a recogniser only if the caller goes on."""
        current = self._row[-1]
        current.audio.append(frame)
        return [] if current.concluded else [Feed(current.number, frame)]

    def conclude(self) -> list[Action]:
        """The caller has paused: ask for a transcript."""
        self._row[-1].concluded = True
        return [Conclude(self._row[-1].number)]

    def go_on(self, preroll: bytes) -> list[Action]:
        """The caller goes on after a pause; `preroll` is the newest audio, already given to `feed`."""
        last = self._row[-1]
        if self._piecewise:
            return self._listen([preroll])
        self._row.pop()
        forgotten: list[Action] = [] if last.transcript else [Forget(last.number)]
        return forgotten + self._listen([b"".join(last.audio)])

    def take(self, number: int, transcript: Transcript) -> Transcript | None:
        """A transcript has come; returns that of the whole turn when no other is missing."""
        for utterance in self._row:
            if utterance.number == number:
                utterance.transcript = transcript
        transcripts = [utterance.transcript for utterance in self._row]
        known = [transcript for transcript in transcripts if transcript is not None]
        if not known or len(known) < len(transcripts):
            return None
        return join(known, [utterance.start_s for utterance in self._row])

    def retry(self, number: int) -> list[Action] | None:
        """The recogniser of an utterance was lost: feed it again. None when that was tried before."""
        lost = next((utterance for utterance in self._row if utterance.number == number), None)
        if lost is None:
            return []
        if lost.retries >= MOST_RETRIES:
            return None
        again = _Utterance(self._number(), lost.start_s, list(lost.audio), lost.concluded)
        again.retries = lost.retries + 1
        self._row[self._row.index(lost)] = again
        actions: list[Action] = [
            Listen(again.number, self._expecting),
            Feed(again.number, b"".join(again.audio)),
        ]
        return [*actions, Conclude(again.number)] if again.concluded else actions

    def missing(self) -> int | None:
        """The first utterance whose transcript has not come, or None."""
        return next((u.number for u in self._row if u.concluded and u.transcript is None), None)

    def end(self) -> list[Action]:
        """The turn is over; transcripts that have not come are not wanted."""
        row, self._row = self._row, []
        return [Forget(utterance.number) for utterance in row if utterance.transcript is None]

    def _listen(self, audio: list[bytes]) -> list[Action]:
        start = sum(len(frame) for u in self._row for frame in u.audio) / 16000
        utterance = _Utterance(self._number(), start, audio)
        self._row.append(utterance)
        return [Listen(utterance.number, self._expecting), Feed(utterance.number, b"".join(audio))]

    def _number(self) -> int:
        number, self._next = self._next, self._next + 1
        return number


def join(pieces: list[Transcript], starts: list[float]) -> Transcript:
    """One transcript of several pieces; `starts` are the seconds at which each began in the turn.

    Alternatives: of each source the joined best reading, then for every other reading of a piece the row in
    which just that piece is read so.
    """
    if len(pieces) == 1:
        return pieces[0]
    spoken = [(piece, start) for piece, start in zip(pieces, starts, strict=True) if piece.text]
    words = tuple(_shift(word, start) for piece, start in spoken for word in piece.words)
    text = "".join(piece.text for piece, _ in spoken)
    confidence = min((piece.confidence for piece, _ in spoken), default=0.0)
    return Transcript(text, confidence, words, tuple(_alternatives([piece for piece, _ in spoken])))


def _shift(word: Word, start: float) -> Word:
    return Word(word.text, word.start + start, word.end + start, word.confidence)


def _alternatives(pieces: list[Transcript]) -> list[Alternative]:
    joined: dict[tuple[str, str], Alternative] = {}
    for place, piece in enumerate(pieces):
        for reading in piece.alternatives:
            row = [_best(other, reading.source) for other in pieces]
            row[place] = reading
            whole = Alternative(
                "".join(part.text for part in row),
                sum(part.score for part in row),
                min(part.confidence for part in row),
                reading.source,
            )
            joined.setdefault((whole.source, whole.text), whole)
    return sorted(joined.values(), key=lambda reading: -reading.confidence)


def _best(piece: Transcript, source: str) -> Alternative:
    readings = [reading for reading in piece.alternatives if reading.source == source] or piece.alternatives
    return max(readings, key=lambda reading: reading.score)
