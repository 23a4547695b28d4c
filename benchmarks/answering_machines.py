"""Answering machines: humans taken for machines, machines taken for humans, and how soon a beep is found.

    python -m benchmarks.answering_machines [--set tuning|judging] [--count N] [--deaf] [--wrong]

Greetings of humans and of machines (voicemail, the carriers' announcements, assistants, firms after hours), each said
by synthetic voices and sent over telephone lines of many levels, noises and codecs, judged through the ear of a call
and its recogniser, whose transcripts come 100 ms after the pause. Tuning and judging have other voices, texts, beeps
and seeds; thresholds were chosen by the first, the table counts the second. The number of machines is that of humans.

first     the first verdict was wrong: the bot begins to talk to a machine, or is silent for a human
last      it was still wrong when the greeting was over: a machine that was found while the bot spoke counts as found
gap       ms from the end of a human's greeting to the verdict, which is when the bot begins
beep      ms from the true beginning of a beep until it is known, and from its end until the message may begin
--deaf    cadence and beep alone, without words
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks._greetings import JUDGING, TUNING, Cast
from voicebot.app import App
from voicebot.audio import RATE, frames, silence, to_pcm
from voicebot.call.answering_machine import Answerer, AnsweringMachine, Verdict
from voicebot.call.beep import Beep, BeepEar
from voicebot.call.ear import Border, Ear
from voicebot.call.options import EarOptions
from voicebot.config import load
from voicebot.ports import Recognizer, Vad
from voicebot.replay.line import LineOptions, degrade
from voicebot.vad.webrtc import WebrtcVad

LATE_FRAMES = 5
"""A transcript comes 100 ms after it was asked for."""
TAIL_MS = 3000
NOISES = (None, None, "street", "white", "babble")


@dataclass(frozen=True)
class Said:
    """A greeting as it was spoken."""

    who: str
    text: str
    voice: str
    pcm: bytes = field(repr=False)


@dataclass(frozen=True)
class Clip:
    """One answer as the line brings it; times in ms since the answer."""

    said: Said
    line: LineOptions
    pcm: bytes
    speech_end: float
    beep: tuple[float, float] | None = None


@dataclass
class Found:
    """What became of one clip; `beep` is when its beginning and its end were known."""

    clip: Clip
    verdicts: list[Verdict] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    beep: dict[Beep, float] = field(default_factory=dict)


def clips(app: App, cast: Cast, who: str, count: int) -> Iterator[Clip]:
    """So many answers; the same ones each time."""
    rng = np.random.default_rng([cast.seed, who == "machine"])
    texts = cast.people if who == "human" else cast.machines
    pairs = [(voice, text) for text in texts for voice in cast.voices]
    said = {pair: b"".join(app.with_voice(pair[0]).synthesizer.synthesize(pair[1])) for pair in pairs}
    talk = [said[pair] for pair in pairs[:3]]
    for number in range(count):
        voice, text = pairs[number % len(pairs)]
        yield _clip(Said(who, text, voice, said[voice, text]), cast, talk, rng)


def _clip(said: Said, cast: Cast, talk: Sequence[bytes], rng: np.random.Generator) -> Clip:
    who = said.who
    lead = float(rng.uniform(80, 1600) if who == "human" else rng.uniform(80, 900))
    speech = silence(lead) + said.pcm
    end, beep = len(speech) / 16, None
    sound = speech
    if who == "machine" and rng.random() < 0.8:
        hertz, ms = cast.beeps[int(rng.integers(len(cast.beeps)))]
        sound += silence(float(rng.uniform(150, 1100)))
        beep = (len(sound) / 16, len(sound) / 16 + ms)
        sound += _beep(hertz, ms, float(rng.uniform(1500, 6000)))
    sound += silence(TAIL_MS)
    sound = sound[: len(sound) // 320 * 320]
    line = LineOptions(
        codec=("alaw", "ulaw")[int(rng.integers(2))],
        level_dbfs=float(rng.uniform(-32, -18)),
        noise=NOISES[int(rng.integers(len(NOISES)))],
        snr_db=float(rng.uniform(12, 28)),
        loss=float(rng.choice([0.0, 0.0, 0.01])),
        seed=int(rng.integers(1 << 30)),
    )
    return Clip(said, line, degrade(sound, line, talk), end, beep)


def _beep(hertz: float, ms: int, peak: float) -> bytes:
    times = np.arange(ms * RATE // 1000) / RATE
    return to_pcm(peak * np.sin(2 * np.pi * hertz * times))


def judge(clip: Clip, vad: Vad, recognizer: Recognizer | None) -> Found:
    """Send one clip through a call's ear."""
    found, machine = Found(clip), AnsweringMachine()
    ear, beeps = Ear(vad.stream(), EarOptions()), BeepEar()
    turn, due = b"", None
    for number, frame in enumerate(frames(clip.pcm), 1):
        border = ear.hear(frame)
        turn = ear.preroll() if border is Border.STARTED else turn + frame
        verdict = machine.hear(frame, ear.silent_ms == 0)
        if (beep := beeps.hear(frame)) is not None and clip.beep and number * 20 > clip.beep[0]:
            found.beep.setdefault(beep, number * 20)
        if verdict is not None:
            found.verdicts.append(verdict)
        if border is Border.PAUSED and _undecided(found):
            due = (number + LATE_FRAMES, turn)
        elif border is Border.RESUMED:
            due = None
        if due is not None and number >= due[0] and recognizer is not None:
            texts = _read(recognizer, due[1])
            found.readings.append(texts[0] if texts else "")
            due = None
            if (later := machine.read(texts)) is not None:
                found.verdicts.append(later)
    return found


def _undecided(found: Found) -> bool:
    last = found.verdicts[-1].who if found.verdicts else None
    return last is None or (last is Answerer.HUMAN and found.clip.said.who == "machine")


def _read(recognizer: Recognizer, pcm: bytes) -> list[str]:
    stream = recognizer.stream(None)
    stream.accept(pcm)
    transcript = stream.finish()
    return [transcript.text, *(one.text for one in transcript.alternatives)] if transcript.text else []


def report(results: Sequence[Found], wrong: bool) -> None:
    """The table."""
    for who, right in (("human", {Answerer.HUMAN}), ("machine", {Answerer.MACHINE, Answerer.BEEP})):
        mine = [one for one in results if one.clip.said.who == who]
        first = [one for one in mine if not one.verdicts or one.verdicts[0].who not in right]
        last = [one for one in mine if not one.verdicts or one.verdicts[-1].who not in right]
        other = "machine" if who == "human" else "human"
        print(f"{who} taken for {other}: first {_share(first, mine)}, last {_share(last, mine)}")
        why = Counter(f"{one.verdicts[0].who.value} by {one.verdicts[0].why}" for one in mine if one.verdicts)
        print("   first verdicts: " + ", ".join(f"{name} {count}" for name, count in why.most_common()))
        for one in first if wrong else last:
            said, line = one.clip.said, one.clip.line
            told = ", ".join(f"{v.who.value} by {v.why} at {v.at_ms}" for v in one.verdicts)
            print(
                f"   {said.voice} {said.text} {line.noise} {line.snr_db:.0f} dB: heard {one.readings}; {told}"
            )
    gaps = [
        one.verdicts[0].at_ms - one.clip.speech_end
        for one in results
        if one.clip.said.who == "human" and one.verdicts and one.verdicts[0].why != "silence"
    ]
    print(f"gap: {_times(gaps)}; before the greeting was over: {sum(gap < 0 for gap in gaps)}")
    beeps = [one for one in results if one.clip.beep is not None]
    for border, edge in ((Beep.BEGAN, 0), (Beep.ENDED, 1)):
        late = [one.beep[border] - (one.clip.beep or (0, 0))[edge] for one in beeps if border in one.beep]
        inside = sum(gap <= 300 for gap in late)
        print(f"beep {border.value}: {_times(late)}; within 300 ms {inside} of {len(beeps)}")
    false = [one for one in results if one.clip.beep is None and any(v.why == "beep" for v in one.verdicts)]
    print(f"beeps found where there was none: {len(false)} of {len(results) - len(beeps)} answers")


def _share(some: Sequence[Found], of: Sequence[Found]) -> str:
    return f"{len(some)} of {len(of)} ({100 * len(some) / max(len(of), 1):.1f} %)"


def _times(values: Sequence[float]) -> str:
    if not values:
        return "none"
    half, most = np.percentile(values, [50, 95])
    return f"p50 {half:.0f} ms, p95 {most:.0f} ms"


def main() -> None:
    """Judge one set and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", choices=("tuning", "judging"), default="judging")
    parser.add_argument("--count", type=int, default=208)
    parser.add_argument("--deaf", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="list first verdicts that were wrong")
    asked = parser.parse_args()
    app = App(load())
    cast = TUNING if asked.set == "tuning" else JUDGING
    vad, recognizer = WebrtcVad(), None if asked.deaf else app.recognizer
    results = [
        judge(clip, vad, recognizer)
        for who in ("human", "machine")
        for clip in clips(app, cast, who, asked.count)
    ]
    print(f"{asked.set}: {len(results)} answers" + (", without words" if asked.deaf else ""))
    report(results, asked.wrong)


if __name__ == "__main__":
    main()
