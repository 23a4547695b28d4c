"""A recorded call: NAME.wav holds the caller's turns one after another, NAME.yaml says what they are.

The caller's turns are played when the bot has given him the word; the line's own background, which the sound
file holds too, is heard in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from voicebot.audio import FRAME_SAMPLES, RATE, duration_ms, read_wav, to_samples
from voicebot.errors import VoicebotError
from voicebot.replay.line import Frames, add_noise, speaking
from voicebot.replay.reading import Checked, read_checked
from voicebot.replay.script import CallerTurn, CallScript, KeysTurn, Segment, Span

BYTES_PER_MS = 2 * RATE // 1000


@dataclass(frozen=True, slots=True)
class Fixture:
    """A call that can be replayed. `path` is its YAML file, `pcm` its sound file: 8 kHz, 16-bit, mono."""

    path: Path
    script: CallScript
    pcm: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name of its files, without .yaml or .wav."""
        return self.path.stem

    def sound(self, span: Span) -> bytes:
        """The audio of a segment: whole frames."""
        return self.pcm[span.start_ms * BYTES_PER_MS : span.end_ms * BYTES_PER_MS]

    @property
    def background(self) -> bytes:
        """What the line sounds like when nobody speaks: whole frames, to be repeated."""
        return self.sound(self.script.background) if self.script.background else b""


def load_fixture(path: str | Path) -> Fixture:
    """The fixture whose YAML or WAV file this is. Raises VoicebotError with a line for each mistake."""
    checked = read_checked(Path(path).with_suffix(".yaml"), CallScript)
    wav = checked.path.with_suffix(".wav")
    pcm = read_wav(wav)
    mistakes = _mistakes(checked, wav, duration_ms(pcm))
    if mistakes:
        raise VoicebotError("\n".join(mistakes))
    return Fixture(checked.path, checked.value, pcm)


def fixture_paths(path: str | Path) -> list[Path]:
    """The YAML files of a folder's fixtures, by name; or of the one fixture that `path` is.

    Raises VoicebotError when there is none.
    """
    place = Path(path)
    if not place.is_dir():
        return [place.with_suffix(".yaml")]
    found = sorted(wav.with_suffix(".yaml") for wav in place.glob("*.wav"))
    if not found:
        raise VoicebotError(f"{place} holds no fixtures; make one with: voicebot fixtures make SCRIPT.yaml.")
    return found


def noisy(fixture: Fixture, noise: str, snr_db: float, seed: int) -> Fixture:
    """The same call with noise added to turns and background alike, below the caller's voice by `snr_db`.

    `noise` is street, white or a WAV file. What noise the call has already counts as part of the voice.
    """
    options = replace(fixture.script.line.options(seed), noise=noise, snr_db=snr_db)
    return replace(fixture, pcm=add_noise(fixture.pcm, _speech(fixture), options))


def _speech(fixture: Fixture) -> Frames:
    """The frames in which the caller speaks, the pauses within his sentences left out."""
    samples = to_samples(fixture.pcm).astype(np.float64)
    loud = speaking(samples)
    spoken = np.zeros_like(loud)
    for turn in fixture.script.turns:
        if isinstance(turn, CallerTurn) and turn.segment is not None:
            first = turn.segment.speech_start_ms * RATE // 1000 // FRAME_SAMPLES
            spoken[first : -(-turn.segment.speech_end_ms * RATE // 1000 // FRAME_SAMPLES)] = True
    return loud & spoken


def _mistakes(checked: Checked[CallScript], wav: Path, length_ms: float) -> list[str]:
    """What does not fit together between the two files."""
    script, wrong = checked.value, []
    if script.background is None:
        wrong.append(
            f"{checked.where('background')} is missing; make the fixture with voicebot fixtures make."
        )
    elif script.background.end_ms > length_ms:
        wrong.append(f"{checked.where('background')} ends after the end of {wav} ({length_ms:.0f} ms).")
    for number, turn in enumerate(script.turns):
        sounds = isinstance(turn, CallerTurn) or (isinstance(turn, KeysTurn) and turn.in_band)
        segment: Segment | None = getattr(turn, "segment", None)
        where = checked.where("turns", number, "segment")
        if sounds and segment is None:
            wrong.append(f"{where} is missing; make the fixture with voicebot fixtures make.")
        elif segment is not None and segment.end_ms > length_ms:
            wrong.append(f"{where} ends after the end of {wav} ({length_ms:.0f} ms).")
    return wrong
