"""Vosk: a free decoder and others that were told what to expect, side by side, over one model.

    audio ──100 ms──┬── free decoder ───────────────── readings ──┐
                    ├── decoder of what is expected ── readings ──┼── fused: one transcript, all alternatives
                    └── beside digits: of anything ─── readings ──┘

They come from a pool of warm recognisers and go back to it when the utterance is over. The library lets other
threads run while it works; a stream belongs to one thread at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from voicebot.asr.decoder import Decoder
from voicebot.asr.expecting import Expecting, load
from voicebot.asr.feed import MODEL_RATE, Feed
from voicebot.asr.fusion import Heard, fuse
from voicebot.asr.grammar import FREE, as_written, phrases, remarks
from voicebot.asr.lexicon import UNKNOWN, Lexicon
from voicebot.asr.pool import Pool, PoolOptions
from voicebot.asr.tuning import Search, tuned
from voicebot.audio import RATE
from voicebot.errors import VoicebotError
from voicebot.events import Transcript

ANYTHING = "anything"
_BYTES_PER_MS = RATE * 2 // 1000


@dataclass(frozen=True, slots=True)
class VoskOptions:
    """How Vosk is used: `piece_ms` of audio are decoded at a time; `readings` are asked of each decoder."""

    search: Search = field(default_factory=Search)
    pool: PoolOptions = field(default_factory=PoolOptions)
    piece_ms: int = 100
    readings: int = 40
    kept: int = 10


class VoskRecognizer:
    """The model, what may be expected, and the warm decoders. Safe to use from several threads."""

    def __init__(
        self,
        model: Path,
        expecting: Mapping[str, Expecting],
        sentences: Sequence[str] = (),
        options: VoskOptions | None = None,
    ) -> None:
        """`model`: the folder of vosk-model-small-cn-0.22; `sentences`: typed sentences of the shop's callers.

        Raises VoicebotError when the model cannot be loaded.
        """
        self._options = options or VoskOptions()
        if ANYTHING not in expecting:
            raise VoicebotError(f"The recogniser needs a file {ANYTHING}.yaml among what it may expect.")
        self._expecting = expecting
        self._lexicon = Lexicon.read(model)
        self._grammars = {
            name: json.dumps(phrases(found, self._lexicon, sentences), ensure_ascii=False)
            for name, found in expecting.items()
        }
        self.pressed: Callable[[], bool] = lambda: False
        """Is there more to hear than can be heard in time? Then only what is expected is listened for."""
        self.frugal = 0
        """Streams that were opened so."""
        self._model = _load(tuned(model, self._options.search))
        self._pool = Pool(self.decoder, self._options.pool)

    @staticmethod
    def open(
        model: Path, grammars: Path, sentences: Sequence[str] = (), options: VoskOptions | None = None
    ) -> VoskRecognizer:
        """The recogniser for a model's folder and a language's grammars (its folder `expecting` is read)."""
        return VoskRecognizer(model, load(grammars / "expecting"), sentences, options)

    @property
    def names(self) -> list[str]:
        """What may be expected."""
        return sorted(self._expecting)

    @property
    def remarks(self) -> list[str]:
        """What the lexicon lacks of the phrases that are expected, a sentence each; for whoever writes them."""
        return [remark for found in self._expecting.values() for remark in remarks(found, self._lexicon)]

    def stream(self, expecting: str | None) -> VoskStream:
        """A new stream; None expects anything. Raises VoicebotError for a name that no grammar has."""
        found = self.expecting(expecting)
        grammars = decoders(found)
        if self.pressed():
            self.frugal += 1
            grammars = grammars[1:]
        return VoskStream(self._pool, found, grammars, self._options)

    def expecting(self, name: str | None) -> Expecting:
        """What stands behind the name; None is anything. Raises VoicebotError for an unknown one."""
        name = ANYTHING if name is None else name
        if name not in self._expecting:
            raise VoicebotError(f"No grammar is named {name!r}; there are {', '.join(self.names)}.")
        return self._expecting[name]

    def warm(self, streams: int, names: Sequence[str] = (ANYTHING,)) -> None:
        """Make decoders now for so many streams at once, so that no caller waits for them."""
        for name in names:
            for stream in [self.stream(name) for _ in range(streams)]:
                stream.accept(bytes(_BYTES_PER_MS * self._options.piece_ms))
                stream.finish()

    def decoder(self, grammar: str) -> Decoder:
        """A new decoder, outside the pool, for the grammar of this name; FREE for none."""
        import vosk

        given = () if grammar == FREE else (self._grammars[grammar],)
        engine = vosk.KaldiRecognizer(self._model, MODEL_RATE, *given)
        engine.SetWords(True)
        engine.SetMaxAlternatives(self._options.readings)
        return Decoder(engine, grammar)


class VoskStream:
    """One utterance, heard by the free decoder and by those of its grammars."""

    def __init__(
        self, pool: Pool, expecting: Expecting, grammars: Sequence[str], options: VoskOptions
    ) -> None:
        self._pool = pool
        self._expecting = expecting
        self._options = options
        self._piece = options.piece_ms * _BYTES_PER_MS
        self._feed = Feed()
        self._waiting = bytearray()
        self._pcm = bytearray()
        self._text = ""
        self.decoders: list[Decoder] = []
        for grammar in grammars:
            try:
                self.decoders.append(pool.lend(grammar))
            except BaseException:
                self.close()
                raise

    def accept(self, pcm: bytes) -> str:
        """Take more audio. The text so far is new whenever a piece was decoded, else that of before."""
        self._waiting += pcm
        self._pcm += pcm
        if len(self._waiting) >= self._piece:
            self._decode(self._feed.convert(self._taken()))
            self._text = self._partial()
        return self._text

    def finish(self) -> Transcript:
        """Decode what is left, give the decoders back, and fuse what they heard."""
        self._decode(self._feed.convert(self._taken()) + self._feed.rest())
        try:
            readings = {decoder.grammar: decoder.finish() for decoder in self.decoders}
        except Exception:
            self._lose()
            raise
        self._give_back()
        heard = Heard(bytes(self._pcm), *(readings.get(grammar, []) for grammar in decoders(self._expecting)))
        return _written(fuse(heard, self._expecting, self._options.kept), self._expecting)

    def close(self) -> None:
        """Give the decoders back, their utterance given up."""
        try:
            for decoder in self.decoders:
                decoder.finish()
        except Exception:
            self._lose()
            raise
        self._give_back()

    def _taken(self) -> bytes:
        pcm = bytes(self._waiting)
        self._waiting.clear()
        return pcm

    def _decode(self, pcm: bytes) -> None:
        if not pcm:
            return
        if not self.decoders:
            raise RuntimeError("this stream has finished and takes no more audio")
        try:
            for decoder in self.decoders:
                decoder.accept(pcm)
        except Exception:
            self._lose()
            raise

    def _partial(self) -> str:
        """The expected decoder's words where they are of the kind that was asked for, else the free one's."""
        expected = ""
        if self._expecting.kind == "digits":
            told = next(decoder for decoder in self.decoders if decoder.grammar == self._expecting.name)
            expected = told.partial()
        chosen = expected if expected and UNKNOWN not in expected else self.decoders[0].partial()
        return chosen.replace(UNKNOWN, "").replace(" ", "")

    def _give_back(self) -> None:
        while self.decoders:
            self._pool.take_back(self.decoders.pop())

    def _lose(self) -> None:
        """A decoder failed: none of this stream is trusted with another utterance."""
        while self.decoders:
            self._pool.lose(self.decoders.pop())


def _written(transcript: Transcript, expecting: Expecting) -> Transcript:
    """The transcript with the words of `expecting.words` as they are written."""
    if not expecting.words:
        return transcript
    found = tuple(replace(a, text=as_written(a.text, expecting)) for a in transcript.alternatives)
    return replace(transcript, text=as_written(transcript.text, expecting), alternatives=found)


def decoders(expecting: Expecting) -> tuple[str, ...]:
    """The grammars of the decoders that listen together. Who is asked for digits may say anything else."""
    if expecting.kind == "digits":
        return (FREE, expecting.name, ANYTHING)
    return (FREE, expecting.name)


def _load(folder: Path) -> Any:
    import vosk

    vosk.SetLogLevel(-2)
    try:
        return vosk.Model(str(folder))
    except Exception as error:
        raise VoicebotError(
            f"The speech recognition model in {folder} cannot be loaded; run `voicebot models check`."
        ) from error
