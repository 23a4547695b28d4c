"""G.711 to the bit, resampling to the sample, and WAV files good and bad."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soxr

from voicebot import audio
from voicebot.audio import Samples, to_pcm, to_samples
from voicebot.errors import VoicebotError

EVERY_SAMPLE = np.arange(-32768, 32768).astype("<i2").tobytes()
EVERY_CODE = bytes(range(256))


def ulaw_of(sample: int) -> int:
    """One sample by the book (G.711 table 2a): 14 bits, bias 33, eight segments, all bits inverted."""
    magnitude = min((~sample if sample < 0 else sample) // 4 + 33, 0x1FFF)
    segment = magnitude.bit_length() - 6
    step = magnitude // (2 << segment) % 16
    return (0 if sample < 0 else 128) + (127 - 16 * segment - step)


def alaw_of(sample: int) -> int:
    """One sample by the book (G.711 table 1a): 13 bits, even bits inverted."""
    magnitude = (~sample if sample < 0 else sample) // 16
    segment = max(0, magnitude.bit_length() - 4)
    step = magnitude // (1 << max(0, segment - 1)) % 16
    return ((0 if sample < 0 else 128) + 16 * segment + step) ^ 0x55


def ulaw_level(code: int) -> int:
    inverted = 255 - code
    segment, step = inverted // 16 % 8, inverted % 16
    level = 4 * ((2 * step + 33) * (1 << segment) - 33)
    return -level if inverted >= 128 else level


def alaw_level(code: int) -> int:
    plain = code ^ 0x55
    segment, step = plain // 16 % 8, plain % 16
    level = 16 * step + 8 if segment == 0 else (16 * step + 264) * (1 << segment - 1)
    return level if plain >= 128 else -level


class TestG711:
    def test_every_sample_to_ulaw(self) -> None:
        assert list(audio.ulaw_encode(EVERY_SAMPLE)) == [ulaw_of(x) for x in range(-32768, 32768)]

    def test_every_sample_to_alaw(self) -> None:
        assert list(audio.alaw_encode(EVERY_SAMPLE)) == [alaw_of(x) for x in range(-32768, 32768)]

    def test_every_code_from_ulaw(self) -> None:
        assert to_samples(audio.ulaw_decode(EVERY_CODE)).tolist() == [ulaw_level(code) for code in range(256)]

    def test_every_code_from_alaw(self) -> None:
        assert to_samples(audio.alaw_decode(EVERY_CODE)).tolist() == [alaw_level(code) for code in range(256)]

    def test_every_code_survives_the_way_there_and_back(self) -> None:
        assert audio.alaw_encode(audio.alaw_decode(EVERY_CODE)) == EVERY_CODE
        again = bytearray(EVERY_CODE)
        again[0x7F] = 0xFF  # µ-law has two zeros, and linear samples one
        assert audio.ulaw_encode(audio.ulaw_decode(EVERY_CODE)) == bytes(again)

    @pytest.mark.parametrize(
        ("encode", "decode", "codes", "levels"),
        [
            (audio.ulaw_encode, audio.ulaw_decode, "sweep-r.u", "sweep-r.reu"),
            (audio.alaw_encode, audio.alaw_decode, "sweep-r.a", "sweep-r.rea"),
        ],
    )
    def test_the_sweep_of_the_itu(
        self,
        testdata: Path,
        encode: Callable[[bytes], bytes],
        decode: Callable[[bytes], bytes],
        codes: str,
        levels: str,
    ) -> None:
        source = (testdata / "g711" / "sweep.src").read_bytes()
        expected = np.fromfile(testdata / "g711" / codes, dtype="<i2")  # one code in each 16-bit word
        assert len(source) == 2 * 65536
        assert list(encode(source)) == expected.tolist()
        assert decode(encode(source)) == (testdata / "g711" / levels).read_bytes()


def noise(count: int, seed: int = 1) -> bytes:
    return to_pcm(np.random.default_rng(seed).normal(0, 6000, count))


class TestResampler:
    @pytest.mark.parametrize(("rate_in", "rate_out"), [(24000, 8000), (44100, 8000), (8000, 16000)])
    @pytest.mark.parametrize("chunk", [1, 160, 441])
    def test_in_pieces_is_the_same_as_at_once(self, rate_in: int, rate_out: int, chunk: int) -> None:
        sound = noise(6001)
        stream = audio.Resampler(rate_in, rate_out)
        pieces = [stream.resample(sound[at : at + 2 * chunk]) for at in range(0, len(sound), 2 * chunk)]
        at_once = soxr.resample(to_samples(sound).astype(np.float32), rate_in, rate_out)
        assert b"".join(pieces) + stream.flush() == to_pcm(at_once)

    def test_the_same_rate_changes_nothing(self) -> None:
        assert audio.resample(noise(999), 8000, 8000) == noise(999)

    def test_after_flush_a_new_sound_begins(self) -> None:
        stream = audio.Resampler(24000, 8000)
        first = stream.resample(noise(5000)) + stream.flush()
        assert stream.resample(noise(5000)) + stream.flush() == first

    def test_loud_sounds_saturate_instead_of_wrapping(self) -> None:
        square = np.tile(np.repeat(np.array([32767, -32768]), 60), 20)
        out = to_samples(audio.resample(to_pcm(square), 24000, 8000)).reshape(-1, 20)[4:-4, 5:15]
        assert np.all(out[::2] > 20000)
        assert np.all(out[1::2] < -20000)


class TestPcm:
    def test_lengths(self) -> None:
        assert audio.silence(20) == bytes(audio.FRAME_BYTES)
        assert audio.duration_ms(bytes(audio.FRAME_BYTES)) == audio.FRAME_MS

    def test_levels(self) -> None:
        assert audio.rms_dbfs(audio.silence(20)) == -100.0
        assert audio.rms_dbfs(b"") == -100.0
        square = to_pcm(np.tile([-32768, 32767], 80))
        assert audio.rms_dbfs(square) == pytest.approx(0, abs=0.001)
        assert audio.rms_dbfs(to_pcm(to_samples(square) / 10)) == pytest.approx(-20, abs=0.01)

    def test_frames_are_filled_up(self) -> None:
        assert [len(frame) for frame in audio.frames(noise(161))] == [320, 320]
        assert b"".join(audio.frames(noise(161))) == noise(161) + bytes(318)

    def test_samples_are_rounded_and_saturated(self) -> None:
        assert to_samples(to_pcm(np.array([1.6, -1.6, 40000, -40000]))).tolist() == [2, -2, 32767, -32768]


def riff(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body) if size is None else size) + b"WAVE" + body


def form(code: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16) -> tuple[bytes, bytes]:
    width = channels * bits // 8
    return b"fmt ", struct.pack("<HHIIHH", code, channels, rate, rate * width, width, bits)


def extensible(code: int, bits: int = 16) -> tuple[bytes, bytes]:
    guid = struct.pack("<H", code) + bytes.fromhex("000000001000800000aa00389b71")
    return b"fmt ", form(0xFFFE, bits=bits)[1] + struct.pack("<HHI", 22, bits, 4) + guid


@pytest.fixture
def wav(tmp_path: Path) -> Callable[[bytes], Path]:
    def save(data: bytes) -> Path:
        path = tmp_path / "call.wav"
        path.write_bytes(data)
        return path

    return save


SOUND = noise(800)
STREAMED_LENGTHS = [0, 0xFFFFFFFF, 0x7FFFF000, 0x7FFFFFFF]


class TestReadingWav:
    @pytest.mark.parametrize(
        ("chunk", "body", "expected"),
        [
            (form(), SOUND, SOUND),
            (extensible(1), SOUND, SOUND),
            (form(7, bits=8), EVERY_CODE, audio.ulaw_decode(EVERY_CODE)),
            (form(6, bits=8), EVERY_CODE, audio.alaw_decode(EVERY_CODE)),
            (extensible(6, bits=8), EVERY_CODE, audio.alaw_decode(EVERY_CODE)),
            (form(bits=8), bytes([0, 128, 255]), to_pcm(np.array([-32768, 0, 32512]))),
        ],
    )
    def test_formats(
        self, wav: Callable[[bytes], Path], chunk: tuple[bytes, bytes], body: bytes, expected: bytes
    ) -> None:
        path = wav(riff(chunk, (b"LIST", b"odd"), (b"data", body), (b"LIST", b"after")))
        assert audio.read_wav(path) == expected

    @pytest.mark.parametrize("length", STREAMED_LENGTHS)
    def test_a_recorder_that_did_not_know_the_length(self, wav: Callable[[bytes], Path], length: int) -> None:
        data = riff(form(), (b"data", SOUND), size=min(length, 36))
        path = wav(data.replace(b"data" + struct.pack("<I", len(SOUND)), b"data" + struct.pack("<I", length)))
        assert audio.read_wav(path) == SOUND

    def test_stereo_at_44100_hz_becomes_mono_at_8000_hz(self, wav: Callable[[bytes], Path]) -> None:
        left, right = tone(44100, 440), tone(44100, 1000)
        pcm = np.stack([left, right], axis=1).tobytes()
        path = wav(riff(form(channels=2, rate=44100), (b"data", pcm)))
        heard = to_samples(audio.read_wav(path)).astype(float)
        assert len(heard) == 8000
        spectrum = np.abs(np.fft.rfft(heard)) / len(heard) * 2
        assert spectrum[440] == pytest.approx(4000, rel=0.02)
        assert spectrum[1000] == pytest.approx(4000, rel=0.02)

    def test_channels_apart(self, wav: Callable[[bytes], Path]) -> None:
        left, right = tone(44100, 440), tone(44100, 1000)
        pcm = np.stack([left, right], axis=1).tobytes()
        rate, channels = audio.read_wav_channels(wav(riff(form(channels=2, rate=44100), (b"data", pcm))))
        assert rate == 44100
        assert [channel.tolist() for channel in channels] == [left.tolist(), right.tolist()]


def tone(rate: int, hertz: float) -> Samples:
    """A second of a tone, 8000 in amplitude."""
    wave: Samples = np.rint(8000 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)).astype(np.int16)
    return wave


class TestWrongFiles:
    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", r"is empty"),
            (b"ID3\x04 this is music", r"is not a WAV file"),
            (b"RIFF\x04\0\0\0AVI ", r"is not a WAV file"),
            (riff(form()), r"is truncated: its header ends before the audio"),
            (riff(form(), (b"data", SOUND))[:30], r"is truncated: its header ends"),
            (riff(form(), (b"data", SOUND))[:-600], r"is truncated: 1000 of 1600 bytes"),
            (riff((b"data", SOUND), form()), r"is truncated: its header"),
            (riff(form(), (b"data", b"")), r"has no audio"),
            (riff(form(), (b"data", b""), (b"LIST", b"made by a program")), r"has no audio"),
            (
                riff(form(bits=24), (b"data", SOUND)),
                r"is 24-bit; convert it to 16-bit PCM, e\.g\. sox call\.wav",
            ),
            (riff(extensible(1, bits=24), (b"data", SOUND)), r"is 24-bit"),
            (riff(form(3, bits=32), (b"data", SOUND)), r"holds 32-bit floating-point"),
            (riff(extensible(3, bits=32), (b"data", SOUND)), r"holds 32-bit floating-point"),
            (riff(form(2, bits=4), (b"data", SOUND)), r"is compressed .* 0x0002"),
            (riff(form(channels=6), (b"data", SOUND)), r"has 6 channels"),
            (riff(form(rate=0), (b"data", SOUND)), r"sampling rate of 0 Hz"),
        ],
    )
    def test_get_one_sentence(self, wav: Callable[[bytes], Path], data: bytes, sentence: str) -> None:
        path = wav(data)
        with pytest.raises(VoicebotError, match=sentence) as caught:
            audio.read_wav(path)
        assert str(caught.value).startswith(f"{path} ")
        assert "\n" not in str(caught.value)

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(VoicebotError, match=r"call\.wav does not exist"):
            audio.read_wav(tmp_path / "call.wav")

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(VoicebotError, match=r"is a folder"):
            audio.read_wav(tmp_path)


class TestWritingWav:
    def test_mono_comes_back(self, tmp_path: Path) -> None:
        audio.write_wav(tmp_path / "a.wav", SOUND)
        assert audio.read_wav(tmp_path / "a.wav") == SOUND
        assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]

    def test_stereo_comes_back_and_the_shorter_side_is_filled_up(self, tmp_path: Path) -> None:
        audio.write_wav_stereo(tmp_path / "a.wav", SOUND, SOUND[:800])
        rate, (left, right) = audio.read_wav_channels(tmp_path / "a.wav")
        assert (rate, left.tobytes(), right.tobytes()) == (8000, SOUND, SOUND[:800] + bytes(800))

    def test_a_folder_that_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(VoicebotError, match="cannot be written"):
            audio.write_wav(tmp_path / "nowhere" / "a.wav", SOUND)
