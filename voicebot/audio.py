"""Audio as it is inside: 8 kHz, 16-bit little-endian, mono, as bytes; and G.711, resampling, WAV files.

G.711 gives the same as the reference code of the ITU-T Software Tool Library (G.191): A-law works on the
upper 13 bits of a sample, µ-law on the upper 14, magnitudes are one's complement, and codes are as they
travel on a wire (A-law with its even bits inverted, µ-law with all of them).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from voicebot.errors import VoicebotError
from voicebot.files import write_whole

RATE = 8000
"""Samples per second."""
FRAME_MS = 20
FRAME_SAMPLES = 160
FRAME_BYTES = 320

Samples = npt.NDArray[np.int16]
_Codes = npt.NDArray[np.uint8]
_Whole = npt.NDArray[np.int32]


def to_samples(pcm: bytes) -> Samples:
    """The samples of `pcm` as int16, read-only. Raises ValueError for an odd number of bytes."""
    return np.frombuffer(pcm, dtype="<i2")


def to_pcm(samples: npt.NDArray[Any]) -> bytes:
    """Samples in the range of int16 (any dtype) as bytes, rounded and saturated."""
    if samples.dtype != np.int16:
        samples = np.clip(np.rint(samples), -32768, 32767)
    return samples.astype("<i2").tobytes()


def silence(ms: float) -> bytes:
    """`ms` milliseconds of digital silence."""
    return bytes(2 * round(ms * RATE / 1000))


def duration_ms(pcm: bytes) -> float:
    """How long `pcm` lasts, in milliseconds."""
    return len(pcm) / 2 * 1000 / RATE


def rms_dbfs(pcm: bytes) -> float:
    """The level in dB below a square wave of full scale; -100.0 for silence or nothing."""
    samples = to_samples(pcm).astype(np.float64)
    power = float(np.mean(samples**2)) if samples.size else 0.0
    return max(-100.0, 10 * float(np.log10(power / 32768.0**2))) if power else -100.0


def frames(pcm: bytes) -> Iterator[bytes]:
    """Frames of 20 ms (320 bytes); the last one is filled up with silence."""
    for start in range(0, len(pcm), FRAME_BYTES):
        yield pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")


# --- G.711 ----------------------------------------------------------------------------------------

_EVERY_SAMPLE: _Whole = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
_EVERY_MAGNITUDE: _Whole = np.where(_EVERY_SAMPLE < 0, ~_EVERY_SAMPLE, _EVERY_SAMPLE)
_EVERY_CODE: _Whole = np.arange(256, dtype=np.int32)


def _segments(magnitude: _Whole, first: int, count: int) -> _Whole:
    """How many of the `count` limits first, 2*first, 4*first ... each magnitude reaches."""
    limits = first << np.arange(count, dtype=np.int32)
    reached: _Whole = np.searchsorted(limits, magnitude, side="right").astype(np.int32)
    return reached


def _ulaw_codes() -> _Codes:
    magnitude = np.minimum((_EVERY_MAGNITUDE >> 2) + 33, 0x1FFF)
    segment = _segments(magnitude, 64, 7)
    code = ~((segment << 4) | ((magnitude >> (segment + 1)) & 15)) & 0x7F
    codes: _Codes = np.where(_EVERY_SAMPLE < 0, code, code | 0x80).astype(np.uint8)
    return codes


def _alaw_codes() -> _Codes:
    magnitude = _EVERY_MAGNITUDE >> 4
    segment = _segments(magnitude, 16, 7)
    code = (segment << 4) | ((magnitude >> np.maximum(segment - 1, 0)) & 15)
    codes: _Codes = (np.where(_EVERY_SAMPLE < 0, code, code | 0x80) ^ 0x55).astype(np.uint8)
    return codes


def _ulaw_levels() -> Samples:
    segment, step = (~_EVERY_CODE >> 4) & 7, ~_EVERY_CODE & 15
    magnitude = (((step << 3) + 0x84) << segment) - 0x84
    return np.where(_EVERY_CODE & 0x80, magnitude, -magnitude).astype("<i2")


def _alaw_levels() -> Samples:
    segment, step = ((_EVERY_CODE ^ 0x55) >> 4) & 7, (_EVERY_CODE ^ 0x55) & 15
    magnitude = (step << 4) + 8 + np.where(segment > 0, 256, 0)
    magnitude <<= np.maximum(segment - 1, 0)
    return np.where(_EVERY_CODE & 0x80, magnitude, -magnitude).astype("<i2")


_ULAW_CODES, _ALAW_CODES = _ulaw_codes(), _alaw_codes()
_ULAW_LEVELS, _ALAW_LEVELS = _ulaw_levels(), _alaw_levels()


def _look_up(table: npt.NDArray[Any], values: bytes, dtype: str) -> bytes:
    return bytes(table[np.frombuffer(values, dtype=dtype)].tobytes())


def ulaw_encode(pcm: bytes) -> bytes:
    """Samples to µ-law, one byte each."""
    return _look_up(_ULAW_CODES, pcm, "<u2")


def ulaw_decode(codes: bytes) -> bytes:
    """µ-law to samples, two bytes each."""
    return _look_up(_ULAW_LEVELS, codes, "u1")


def alaw_encode(pcm: bytes) -> bytes:
    """Samples to A-law, one byte each."""
    return _look_up(_ALAW_CODES, pcm, "<u2")


def alaw_decode(codes: bytes) -> bytes:
    """A-law to samples, two bytes each."""
    return _look_up(_ALAW_LEVELS, codes, "u1")


# --- Resampling -----------------------------------------------------------------------------------


class Resampler:
    """16-bit mono at one rate in, at another out, in pieces of any size: the same samples as all at once."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._rates = from_rate, to_rate
        self._stream = self._fresh()

    def _fresh(self) -> soxr.ResampleStream | None:
        rate_in, rate_out = self._rates
        return None if rate_in == rate_out else soxr.ResampleStream(rate_in, rate_out, 1, dtype="float32")

    def resample(self, pcm: bytes) -> bytes:
        """Take whole samples; give what is ready (some milliseconds stay inside)."""
        return self._pass(pcm, last=False)

    def flush(self) -> bytes:
        """What stayed inside; afterwards a new sound may begin."""
        rest = self._pass(b"", last=True)
        self._stream = self._fresh()
        return rest

    def _pass(self, pcm: bytes, last: bool) -> bytes:
        if self._stream is None:
            return pcm
        return to_pcm(self._stream.resample_chunk(to_samples(pcm).astype(np.float32), last=last))


def resample(pcm: bytes, from_rate: int, to_rate: int) -> bytes:
    """All of a sound at once, 16-bit mono."""
    resampler = Resampler(from_rate, to_rate)
    return resampler.resample(pcm) + resampler.flush()


# --- WAV files ------------------------------------------------------------------------------------

_PCM, _FLOAT, _ALAW, _ULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_STREAMED = 0x7FFFF000
"""Programs that write to a pipe put this length, or a greater one, or 0, for "until the end"."""


@dataclass(frozen=True, slots=True)
class _Format:
    code: int
    channels: int
    rate: int
    bits: int


def read_wav(path: str | Path, rate: int = RATE) -> bytes:
    """The file as 16-bit mono at `rate`: channels are averaged, other rates are resampled.

    Reads PCM of 8 or 16 bits, A-law and µ-law, one or two channels, any sampling rate. Raises VoicebotError,
    one sentence, for everything else: missing, empty, truncated, not a WAV file, 24-bit, float, compressed.
    """
    file_rate, channels = read_wav_channels(path)
    mono = channels[0] if len(channels) == 1 else np.mean(channels, axis=0)
    return resample(to_pcm(mono), file_rate, rate)


def read_wav_channels(path: str | Path) -> tuple[int, list[Samples]]:
    """The file's own rate in Hz, and the samples of each of its one or two channels. Errors as `read_wav`."""
    name = Path(path)
    form, body = _parse(name, _load(name))
    width = form.bits // 8 * form.channels
    samples = _decode(form, body[: len(body) // width * width])
    if not samples.size:
        raise VoicebotError(f"{name} has no audio in it; record it again or choose another file.")
    return form.rate, [samples[channel :: form.channels] for channel in range(form.channels)]


def write_wav(path: str | Path, pcm: bytes, rate: int = RATE) -> None:
    """A mono WAV file of 16 bits, written whole or not at all."""
    write_whole(path, wav_of(pcm, rate))


def wav_of(pcm: bytes, rate: int = RATE) -> bytes:
    """The content of a mono WAV file of 16 bits."""
    return _header(1, rate, len(pcm)) + pcm


def write_wav_stereo(path: str | Path, left: bytes, right: bytes, rate: int = RATE) -> None:
    """A stereo WAV file of 16 bits; the shorter side is filled up with silence."""
    length = max(len(left), len(right))
    sides = [to_samples(side.ljust(length, b"\0")) for side in (left, right)]
    pcm = np.stack(sides, axis=1).tobytes()
    write_whole(path, _header(2, rate, len(pcm)) + pcm)


def _header(channels: int, rate: int, size: int) -> bytes:
    form = struct.pack("<HHIIHH", _PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + size)
        + b"WAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + struct.pack("<I", size)
    )


def _load(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise VoicebotError(f"{path} does not exist; check the name.") from error
    except IsADirectoryError as error:
        raise VoicebotError(f"{path} is a folder; give a WAV file in it.") from error
    except OSError as error:
        raise VoicebotError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
    if not data:
        raise VoicebotError(f"{path} is empty; record it again or choose another file.")
    if not (data.startswith(b"RIFF") and data[8:12] == b"WAVE"):
        raise VoicebotError(
            f"{path} is not a WAV file; convert it, e.g. sox INPUT -b 16 -e signed OUTPUT.wav."
        )
    return data


def _parse(path: Path, data: bytes) -> tuple[_Format, bytes]:
    """The format and the audio. A chunk is a name, a length (little-endian) and a body, padded to even."""
    form, place = None, 12
    while place + 8 <= len(data):
        name, (size,) = data[place : place + 4], struct.unpack_from("<I", data, place + 4)
        body = data[place + 8 : place + 8 + size]
        if name == b"data":
            if form is None:
                break
            return form, _whole(path, data, place + 8, size)
        if name == b"fmt " and size >= 16 and len(body) == size:
            form = _format(path, body)
        place += 8 + size + size % 2
    raise VoicebotError(f"{path} is truncated: its header ends before the audio; copy or record it again.")


def _whole(path: Path, data: bytes, start: int, size: int) -> bytes:
    """The data chunk, which must be all there unless its writer did not know the length."""
    riff_size: int = struct.unpack_from("<I", data, 4)[0]
    streamed = size >= _STREAMED or (size == 0 and riff_size + 8 < len(data))
    if streamed:
        return data[start:]
    if start + size > len(data):
        there = len(data) - start
        raise VoicebotError(
            f"{path} is truncated: {there} of {size} bytes of audio are there; copy or record it again."
        )
    return data[start : start + size]


def _format(path: Path, body: bytes) -> _Format:
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if code == _EXTENSIBLE and body[26:40] == _GUID_TAIL:
        code = struct.unpack_from("<H", body, 24)[0]
    wrong = _objection(code, channels, rate, bits)
    if wrong:
        raise VoicebotError(
            f"{path} {wrong}; convert it to 16-bit PCM, e.g. sox {path.name} -b 16 -e signed -c 1 OUTPUT.wav."
        )
    return _Format(code, channels, rate, bits)


def _objection(code: int, channels: int, rate: int, bits: int) -> str | None:
    if code == _FLOAT:
        return f"holds {bits}-bit floating-point samples"
    if code not in (_PCM, _ALAW, _ULAW):
        return f"is compressed in a way that is not read here (WAV format {code:#06x})"
    if bits not in ((8, 16) if code == _PCM else (8,)):
        return f"is {bits}-bit"
    if channels not in (1, 2):
        return f"has {channels} channels where one or two are read"
    return None if 1000 <= rate <= 768000 else f"claims a sampling rate of {rate} Hz"


def _decode(form: _Format, body: bytes) -> Samples:
    if form.code == _ULAW:
        return to_samples(ulaw_decode(body))
    if form.code == _ALAW:
        return to_samples(alaw_decode(body))
    if form.bits == 8:
        return (np.frombuffer(body, dtype=np.uint8).astype(np.int16) - 128) << 8
    return to_samples(body)
