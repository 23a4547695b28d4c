"""Voice activity: misses, false alarms, delays and cost, in recorded and in made noise.

    python -m benchmarks.vad [--count N]

Material: digits recorded by two speakers, strung together; and sentences spoken by three synthetic voices. Each
with 3 s before and 2 s after, at several SNRs, in recorded noises and in a made street, through µ-law. Speech is
where the clean signal is within 20 dB of its active level and 6 dB over the recording's own background.
Everything is judged through `voicebot.call.ear`, with and without its energy gate:

miss      speech frames of 20 ms that are not taken for speech
false     frames of the edges, 100 ms and more from speech, that are taken for speech
starts    how often, in a minute of noise, the ear hears somebody begin to speak
onset     ms from the first speech frame until the ear says so, median and 95th percentile
lost      utterances whose beginning the ear does not notice within 800 ms
end       ms from the last speech frame until the ear says pause (200 ms of which are its rule), likewise
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot import models
from voicebot.audio import FRAME_SAMPLES, RATE, frames, read_wav, to_pcm, to_samples, ulaw_decode, ulaw_encode
from voicebot.call.ear import Border, Ear
from voicebot.call.options import EarOptions
from voicebot.ports import Vad, VadStream
from voicebot.tts.voices import open_voice
from voicebot.vad.silero import SileroVad
from voicebot.vad.webrtc import WebrtcVad

Signal = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SPEECH_DBFS = -26.0
LEAD_S, TAIL_S = 3.0, 2.0
WARM_FRAMES = 50
SNRS = (20, 15, 10, 5)
GATES = (4.0, 6.0, 8.0, 10.0, 12.0)
DIGITS = "零一二三四五六七八九"
VOICES = ("zf_xiaoxiao", "zm_yunxi", "zf_xiaobei")
SENTENCES = (
    "你好,我想问一下我昨天买的咖啡机什么时候能到?",
    "这个东西质量太差了,我要退货。",
    "麻烦帮我转人工。",
    "能不能帮我改一下收货地址?我搬家了。",
)


@dataclass(frozen=True)
class Clean:
    """Speech without noise, in whole frames, and in which of them there is speech."""

    signal: Signal
    said: Flags


@dataclass(frozen=True)
class Noisy:
    """What the ear gets, and in which frames there is speech."""

    frames: list[bytes]
    said: Flags


@dataclass
class Tally:
    """Counts over many utterances."""

    misses: list[float] = field(default_factory=list)
    alarms: list[float] = field(default_factory=list)
    starts: int = 0
    minutes: float = 0.0
    utterances: int = 0
    onsets: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, said: Flags, heard: Flags, borders: dict[int, Border]) -> None:
        """One utterance: where speech is, what the ear took for speech, and the borders it told."""
        first, last = (int(index) for index in np.flatnonzero(said)[[0, -1]])
        begun = [at for at, border in borders.items() if border is not Border.PAUSED]
        paused = [at for at, border in borders.items() if border is Border.PAUSED]
        self.utterances += 1
        self.misses.append(float((~heard[said]).mean()))
        self.alarms.append(float(np.concatenate((heard[WARM_FRAMES : first - 5], heard[last + 6 :])).mean()))
        self.starts += sum(WARM_FRAMES <= at < first - 5 for at in begun)
        self.minutes += (first - 5 - WARM_FRAMES) * 0.02 / 60
        before = [at for at in borders if at < first - 5]
        if before and borders[before[-1]] is not Border.PAUSED:
            self.onsets.append(0)
        else:
            self.onsets += [20 * (at - first + 1) for at in begun if first - 5 <= at < first + 40][:1]
        self.ends.append(20 * (next((at for at in paused if at > last), len(said)) - last))

    def row(self) -> str:
        """The figures in the order of the heading."""
        onset, end = (
            np.percentile(times or [-1], (50, 95)).astype(int) for times in (self.onsets, self.ends)
        )
        shares = f"{np.mean(self.misses):6.1%} {np.mean(self.alarms):6.1%} {self.starts / self.minutes:6.1f}"
        lost = 1 - len(self.onsets) / self.utterances
        return f"{shares}  {onset[0]:5} {onset[1]:5} {lost:5.0%}  {end[0]:5} {end[1]:5}"


def testdata() -> Path:
    """The folder of recordings that are not part of the project."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("VOICEBOT_TESTDATA", beside))


def load(path: Path) -> Signal:
    """A WAV file as 8 kHz samples."""
    return to_samples(read_wav(path)).astype(np.float64)


def rms(signal: Signal) -> float:
    return float(np.sqrt(np.mean(signal**2)))


def levelled(signal: Signal) -> Clean:
    """Whole frames at -26 dBFS of speech; speech is what stands out of the recording's own background."""
    signal = signal[: len(signal) // FRAME_SAMPLES * FRAME_SAMPLES]
    power = np.sqrt(np.mean(signal.reshape(-1, FRAME_SAMPLES) ** 2, axis=1)) + 1e-9
    loud = np.percentile(power, 90)
    said = (power > loud / 10) & (power > 2 * np.percentile(power, 10))
    return Clean(signal * (32768 * 10 ** (SPEECH_DBFS / 20) / rms(power[said])), said)


@cache
def digit(speaker: str, name: str) -> Clean:
    """One recorded digit, cut to its speech."""
    clean = levelled(load(testdata() / "digits" / speaker / f"{name}.wav"))
    first, last = np.flatnonzero(clean.said)[[0, -1]]
    cut = slice(first * FRAME_SAMPLES, (last + 1) * FRAME_SAMPLES)
    return Clean(clean.signal[cut], clean.said[first : last + 1])


def joined(parts: list[Clean], gaps: list[int]) -> Clean:
    """Parts with so many frames of silence after each, and the edges around."""
    signals, said = [np.zeros(int(LEAD_S * RATE))], [np.zeros(int(LEAD_S * 50), bool)]
    for part, gap in zip(parts, [*gaps, int(TAIL_S * 50)], strict=True):
        signals += [part.signal, np.zeros(gap * FRAME_SAMPLES)]
        said += [part.said, np.zeros(gap, bool)]
    return Clean(np.concatenate(signals), np.concatenate(said))


def strings(count: int) -> Iterator[Clean]:
    """Eight-digit strings of both speakers, gaps of 0 to 100 ms."""
    chance = random.Random(1)
    for index in range(count):
        speaker = ("speaker_a", "speaker_b")[index % 2]
        gaps = [chance.randint(0, 5) for _ in range(7)]
        yield joined([digit(speaker, chance.choice(DIGITS)) for _ in range(8)], gaps)


def sentences(count: int) -> Iterator[Clean]:
    """Synthesised sentences, the voices in turn."""
    voices = [open_voice(name, 1.0, lambda: models.folder("kokoro-82m")) for name in VOICES]
    spoken = [
        levelled(to_samples(voice.speak(text)).astype(np.float64)) for text in SENTENCES for voice in voices
    ]
    for index in range(count):
        yield joined([spoken[index % len(spoken)]], [])


def street(count: int, seed: int) -> Signal:
    """`count` samples of a street: low rumble, cars that pass, a horn now and then."""
    chance = np.random.default_rng(seed)
    seconds, at = count / RATE, np.arange(count) / RATE
    noise = 0.3 * _coloured(count, 150, chance)
    for _ in range(max(1, int(seconds / 2))):
        centre, width = chance.uniform(0, seconds), chance.uniform(0.3, 1.2)
        car = np.exp(-(((at - centre) / width) ** 2)) * chance.uniform(0.5, 2.0)
        noise += car * _coloured(count, chance.uniform(300, 1200), chance)
    for _ in range(max(1, int(seconds / 6))):
        start, pitch = chance.uniform(0, seconds), chance.uniform(350, 500)
        horn = (at > start) & (at < start + chance.uniform(0.2, 0.6))
        noise += horn * 0.8 * sum(np.sin(2 * np.pi * pitch * k * at) / k for k in (1, 2, 3, 4))
    return noise


def _coloured(count: int, corner_hz: float, chance: np.random.Generator) -> Signal:
    """Noise that falls with 6 dB an octave above the corner; unit power."""
    spectrum = np.fft.rfft(chance.standard_normal(count))
    spectrum /= np.sqrt(1 + (np.fft.rfftfreq(count, 1 / RATE) / corner_hz) ** 2)
    noise = np.fft.irfft(spectrum, count)
    return noise / rms(noise)


def mixed(clean: list[Clean], kind: str, snr: float) -> list[Noisy]:
    """Each utterance in its own piece of noise, through µ-law; the same each time."""
    chance = random.Random(f"{kind} {snr}")
    recorded = [load(path) for path in sorted((testdata() / "noise").glob("*.wav"))]
    noisy = []
    for index, utterance in enumerate(clean):
        count = len(utterance.signal)
        if kind == "street":
            noise = street(count, chance.randrange(10**6))
        else:
            noise = np.resize(np.roll(recorded[index % len(recorded)], chance.randrange(10**5)), count)
        noise = noise * (32768 * 10 ** ((SPEECH_DBFS - snr) / 20) / rms(noise))
        line = ulaw_decode(ulaw_encode(to_pcm(utterance.signal + noise)))
        noisy.append(Noisy(list(frames(line)), utterance.said))
    return noisy


def tally(vad: Vad, options: EarOptions, heard: list[Noisy]) -> Tally:
    """What the ear, new for each utterance, makes of them."""
    counted = Tally()
    for utterance in heard:
        ear, speech, borders = Ear(vad.stream(), options), [], {}
        for index, frame in enumerate(utterance.frames):
            border = ear.hear(frame)
            speech.append(ear.silent_ms == 0)
            if border is not None:
                borders[index] = border
        counted.add(utterance.said, np.array(speech), borders)
    return counted


class Always:
    """A detector that hears voice everywhere: the gate alone."""

    def stream(self) -> VadStream:
        return self

    def voiced(self, frame: bytes) -> bool:
        return True


def cost_us(vad: Vad, heard: list[Noisy]) -> float:
    """Microseconds a frame, the best of three passes over the same frames."""
    line = [frame for utterance in heard for frame in utterance.frames]
    best = float("inf")
    for _ in range(3):
        stream, start = vad.stream(), time.perf_counter()
        for frame in line:
            stream.voiced(frame)
        best = min(best, time.perf_counter() - start)
    return best / len(line) * 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=24, help="utterances of each material, noise and SNR")
    count = parser.parse_args().count
    detectors: dict[str, Vad] = {f"webrtc {mode}": WebrtcVad(mode) for mode in range(4)}
    detectors["silero"] = SileroVad(models.folder("silero-vad") / "silero_vad.onnx")
    settings = [(name, vad, EarOptions(gate_db=-100, quietest_dbfs=-100)) for name, vad in detectors.items()]
    for name, vad in (*list(detectors.items())[2:], ("gate", Always())):
        settings += [(f"{name} +{gate:g} dB", vad, EarOptions(gate_db=gate)) for gate in GATES]
    print("material  noise    SNR  detector          miss  false starts  onset   p95  lost    end   p95")
    for material, clean in (("digits", list(strings(count))), ("sentences", list(sentences(count)))):
        for kind in ("recorded", "street"):
            for snr in SNRS:
                heard = mixed(clean, kind, snr)
                for name, vad, options in settings:
                    print(f"{material:9} {kind:8} {snr:3}  {name:15} {tally(vad, options, heard).row()}")
    for name, vad in detectors.items():
        print(f"{name:10} {cost_us(vad, heard[:8]):6.1f} µs a frame")


if __name__ == "__main__":
    main()
