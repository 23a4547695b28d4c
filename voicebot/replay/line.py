"""The simulated telephone line: what a caller's clean voice sounds like when it arrives.

    voice -> room -> telephone band -> loudness -> + noise -> overdrive -> G.711 -> lost packets, concealed

The same options and the same sound give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from voicebot import audio
from voicebot.audio import FRAME_BYTES, FRAME_SAMPLES, RATE, to_pcm, to_samples
from voicebot.errors import VoicebotError
from voicebot.replay.noise import Signal, noise

Codec = Literal["alaw", "ulaw", "none"]
Frames = npt.NDArray[np.bool_]
"""One truth for each 20 ms."""


@dataclass(frozen=True, slots=True)
class LineOptions:
    """A line. `seed` decides everything that is random on it."""

    codec: Codec = "alaw"
    band: bool = True
    """Keep 300 to 3400 Hz only."""
    level_dbfs: float | None = -24.0
    """The level of the voice within the band while it speaks; None: as it is."""
    noise: str | None = None
    """street, white, babble, or the path of a WAV file."""
    snr_db: float = 20.0
    """Voice over noise, both within the band and while the voice speaks."""
    room: str | None = None
    """A room's impulse response: the path of a WAV file."""
    overdrive_db: float = 0.0
    """Amplify by this, and cut off what is beyond full scale."""
    loss: float = 0.0
    """The share of 20 ms packets that never arrive, 0 to 1."""
    burst: float | None = None
    """The mean length of a gap in packets (Gilbert's model); None: each packet is lost independently."""
    loss_pattern: str | None = None
    """A file of 16-bit words as in ITU-T G.192 (0x6B21 arrived, 0x6B20 lost), used in place of `loss`."""
    concealment: Literal["repeat", "none"] = "repeat"
    """Fill a gap with the last packet, fading out within 60 ms; or leave it silent."""
    seed: int = 0


def degrade(pcm: bytes, options: LineOptions, talk: Sequence[bytes] = ()) -> bytes:
    """The clean voice `pcm` as it arrives over this line; as many samples as went in.

    `talk` is the speech that the noise "babble" is made of. Raises VoicebotError when a file that the options
    name cannot be used.
    """
    clean = to_samples(pcm).astype(np.float64)
    active = speaking(clean)
    voice = _banded(_in_room(clean, options), options)
    if options.level_dbfs is not None:
        voice = voice * _gain(_power(voice, active), options.level_dbfs)
    voice = voice + _noise(options, voice, active, talk)
    sent = through_codec(to_pcm(voice * 10 ** (options.overdrive_db / 20)), options.codec)
    return _conceal(sent, _lost(options, -(-len(sent) // FRAME_BYTES)), options.concealment)


def add_noise(pcm: bytes, active: Frames, options: LineOptions, talk: Sequence[bytes] = ()) -> bytes:
    """Add only this line's noise, and its codec again, to a recording that speaks in the `active` frames."""
    heard = to_samples(pcm).astype(np.float64)
    sound = _noise(options, heard, active, talk)
    return through_codec(to_pcm(heard + sound), options.codec)


def through_codec(pcm: bytes, codec: Codec) -> bytes:
    """There and back through G.711."""
    if codec == "alaw":
        return audio.alaw_decode(audio.alaw_encode(pcm))
    if codec == "ulaw":
        return audio.ulaw_decode(audio.ulaw_encode(pcm))
    return pcm


def speaking(sound: Signal, below_db: float = 30.0) -> Frames:
    """The 20 ms frames of a clean recording that are at most `below_db` quieter than its loudest frame."""
    padded = np.resize(sound, 0) if not len(sound) else np.pad(sound, (0, -len(sound) % FRAME_SAMPLES))
    power = np.mean(padded.reshape(-1, FRAME_SAMPLES) ** 2, axis=1)
    active: Frames = power > max(float(power.max(initial=0.0)) * 10 ** (-below_db / 10), 1.0)
    return active


def _power(sound: Signal, active: Frames) -> float:
    """The mean power within the active frames; of the whole where nothing is active."""
    if not len(sound):
        return 0.0
    mask = np.repeat(active, FRAME_SAMPLES)[: len(sound)]
    return float(np.mean(sound[mask] ** 2)) if mask.any() else float(np.mean(sound**2))


def _gain(power: float, dbfs: float) -> float:
    return 32768.0 * 10 ** (dbfs / 20) / float(np.sqrt(power)) if power > 0 else 1.0


def _noise(options: LineOptions, voice: Signal, active: Frames, talk: Sequence[bytes]) -> Signal:
    """The line's noise under this voice, or under one of -24 dBFS where nobody speaks.

    Its power counts while the voice speaks; noise that happens to rest just then counts as no more than 6 dB
    below its average, lest it deafen everything else.
    """
    if options.noise is None or not len(voice):
        return np.zeros(len(voice))
    rng = np.random.default_rng([options.seed, 1])
    sound = _banded(noise(options.noise, len(voice), rng, talk), options)
    level = 10 * np.log10(_power(voice, active) / 32768.0**2) if active.any() else -24.0
    power = max(_power(sound, active), float(np.mean(sound**2)) / 4)
    return sound * _gain(power, level - options.snr_db)


def _in_room(sound: Signal, options: LineOptions) -> Signal:
    """Convolve with the room's response from its direct sound on, so that nothing comes later than before."""
    if options.room is None or not len(sound):
        return sound
    response = to_samples(audio.read_wav(options.room)).astype(np.float64)
    response = response[int(np.argmax(np.abs(response))) :]
    return _convolved(sound, response)[: len(sound)]


def _banded(sound: Signal, options: LineOptions) -> Signal:
    """Keep 300 to 3400 Hz: a windowed-sinc filter of 257 taps, its delay taken back."""
    if not options.band or not len(sound):
        return sound
    place = np.arange(-128, 129)
    taps = (6800 * np.sinc(6800 * place / RATE) - 600 * np.sinc(600 * place / RATE)) / RATE
    return _convolved(sound, taps * np.kaiser(257, 6.0))[128 : 128 + len(sound)]


def _convolved(sound: Signal, response: Signal) -> Signal:
    size = len(sound) + len(response) - 1
    fast = 1 << (size - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, fast) * np.fft.rfft(response, fast), fast)[:size]


def _lost(options: LineOptions, count: int) -> Frames:
    """Which packets never arrive."""
    rng = np.random.default_rng([options.seed, 2])
    if options.loss_pattern is not None:
        pattern = read_loss_pattern(options.loss_pattern)
        return np.resize(np.roll(pattern, -int(rng.integers(len(pattern)))), count)
    if options.burst is None or options.loss in (0.0, 1.0):
        return rng.random(count) < options.loss
    return _gilbert(count, options.loss, options.burst, rng)


def _gilbert(count: int, loss: float, burst: float, rng: np.random.Generator) -> Frames:
    """Two states; gaps last `burst` packets on average, and a share `loss` of all packets is in gaps."""
    leave = 1 / max(burst, 1.0)
    enter = min(1.0, leave * loss / (1 - loss))
    lost = np.zeros(count, dtype=np.bool_)
    gone = bool(rng.random() < loss)
    for packet, chance in enumerate(rng.random(count)):
        lost[packet] = gone
        gone = chance >= leave if gone else chance < enter
    return lost


def read_loss_pattern(path: str | Path) -> Frames:
    """True for each lost packet of a G.192 file. Raises VoicebotError for anything else."""
    try:
        words = np.frombuffer(Path(path).read_bytes(), dtype="<u2")
    except (OSError, ValueError) as error:
        raise VoicebotError(f"{path} cannot be read as a loss pattern ({error}); check the name.") from error
    if not words.size or not np.isin(words, (0x6B20, 0x6B21)).all():
        raise VoicebotError(
            f"{path} is not a loss pattern; give a G.192 file of the words 0x6B21 and 0x6B20."
        )
    lost: Frames = words == 0x6B20
    return lost


_FADE = np.interp(np.arange(3 * FRAME_SAMPLES), [0, FRAME_SAMPLES / 2, 3 * FRAME_SAMPLES], [1.0, 1.0, 0.0])


def _conceal(pcm: bytes, lost: Frames, concealment: str) -> bytes:
    """Put something in the place of the lost packets."""
    if not lost.any():
        return pcm
    packets = list(audio.frames(pcm))
    last, gap = bytes(FRAME_BYTES), 0
    for number in np.flatnonzero(lost):
        gap = gap + 1 if number and lost[number - 1] else 0
        if not gap:
            last = packets[number - 1] if number else bytes(FRAME_BYTES)
        fade = _FADE[gap * FRAME_SAMPLES : (gap + 1) * FRAME_SAMPLES]
        silent = concealment == "none" or gap > 2
        packets[number] = bytes(FRAME_BYTES) if silent else to_pcm(to_samples(last) * fade)
    return b"".join(packets)[: len(pcm)]
