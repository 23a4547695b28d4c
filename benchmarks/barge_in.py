"""Barge-in: from the caller's first sound to the bot's silence, and what stops the bot though nobody wants the word.

    python -m benchmarks.barge_in [--moments N] [--wires]

The bot speaks a prompt that may be interrupted; after a while (several moments) somebody says something, at several
levels and over several noises. In virtual time, with the real detector, ear and call; the transcripts are given.

stops     every turn of audio_fixtures, each at three levels and over four backgrounds. Onset is the label of the
          fixture, silence the end of the frame in which the call stops the bot, plus 20 ms for the frame that is
          under way on the line
missed    interruptions that had not stopped the bot 1 s after their onset
false     how often something else stopped it: murmurs (嗯 哦 ...), coughs, breath, noise, keys, talk in the background;
          and for how long the bot was then silent. Once before the caller has said anything, and once after he has
          said something at -24 dBFS
echo      the line sends the bot's voice back, 12 to 32 dB weaker and 20 to 400 ms later: how often that stopped it
          within ten seconds from the beginning of the call, and how soon callers stop it all the same
cost      processor time of looking for an echo, per frame in which the bot speaks

--wires adds the same over real sockets, AudioSocket and Twilio's: the end is the last loud sound that arrives.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

import numpy as np

from benchmarks._barge_in_echo import DELAYS_MS, LOSSES_DB, VOICES, Returning, prompt
from benchmarks._barge_in_sounds import LEVELS_DBFS, NOISES, Sound, interruptions, others
from voicebot import models
from voicebot.actions import Conclude, Say, StopSaying
from voicebot.audio import FRAME_BYTES, to_pcm, to_samples
from voicebot.call import Call, CallOptions, Parts
from voicebot.call.echo import Echo
from voicebot.dialogue import parse_script
from voicebot.dialogue.vocabulary import REQUIRED_WORDS
from voicebot.events import Answered, Event, Heard, Played, Synthesized, Transcribed, Transcript
from voicebot.nlu.understanding import Intent, Understanding
from voicebot.ports import Vad
from voicebot.vad.silero import SileroVad
from voicebot.vad.webrtc import WebrtcVad

FRAME_S = 0.02
PROMPT_S = 30.0
LISTENED_S = 3.0
LATE_MS = 1000
SCRIPT = parse_script(f"""
words: {{{", ".join(f"{word}: 好" for word in REQUIRED_WORDS)}}}
flows:
  opening: {{steps: [{{say: 这是一段很长的话}}, done]}}
  closing: {{steps: [{{listen: 请问}}]}}
  goodbye: {{intents: [goodbye], title: 再见, steps: [{{hangup: done, say: 再见}}]}}
  human: {{intents: [human_agent], title: 人工, steps: [{{transfer: service}}]}}
  human_failed: {{steps: [{{hangup: no_human, say: 没有人}}]}}
""")


DETECTOR = ["webrtc"]
"""The one that is used."""


@cache
def _made(name: str) -> Vad:
    return WebrtcVad(2) if name == "webrtc" else SileroVad(models.folder("silero-vad") / "silero_vad.onnx")


def detector() -> Vad:
    """The detector that is used."""
    return _made(DETECTOR[0])


@dataclass
class Seen:
    """What became of one sound: when the bot fell silent, in ms after its onset; for how long; did it go on?"""

    stopped_ms: int | None = None
    silent_ms: int = 0
    resumed: bool = False


@dataclass
class Stage:
    """One call in which the bot speaks for half a minute, on a line that may send it back."""

    call: Call
    text: str
    line: Returning
    at: float = 0.0
    speaking: int | None = None
    silent_since: float | None = None
    seen: Seen = field(default_factory=Seen)
    due: list[Event] = field(default_factory=list)

    def hear(self, frame: bytes) -> None:
        """20 ms of the caller's side, the echo not counted."""
        self.at += FRAME_S
        sent = self.line.send(self.speaking is not None)
        self.post(Heard(self.at, self.line.add_echo(frame), sent))

    def post(self, event: Event) -> None:
        self.due.append(event)
        while self.due:
            self._perform(self.call.receive(self.due.pop(0)))

    def _perform(self, actions: Sequence[object]) -> None:
        for action in actions:
            match action:
                case Say(utterance=number):
                    self._says(number, action.start_ms)
                case StopSaying():
                    self.silent_since, self.speaking = self.at, None
                case Conclude(utterance=number):
                    self.due.append(Transcribed(self.at, number, Transcript.of(self.text), True))

    def _says(self, number: int, start_ms: int) -> None:
        if self.silent_since is not None:
            self.seen.resumed |= start_ms > 0
            self.seen.silent_ms += round((self.at - self.silent_since) * 1000)
            self.silent_since = None
        self.speaking = number
        self.line.begin(start_ms)
        self.due.append(Synthesized(self.at, number, int(PROMPT_S * 1000)))
        self.due.append(Played(self.at, number, start_ms + 20, False))


def understand(heard: Transcript, _expecting: str | None, _known: Sequence[str]) -> Understanding:
    """Whatever is said, the bot says something to it."""
    return Understanding(heard.text, (Intent("out_of_scope", 0.9),), {}, "neutral", "finished")


def play(
    sound: Sound,
    background: bytes,
    moment_ms: int,
    options: CallOptions,
    *,
    known: bool = False,
    line: Returning | None = None,
) -> Seen:
    """The bot speaks; `moment_ms` later this sound comes from the caller, over the background.

    `known`: he has said something before, at -24 dBFS, and the bot has answered.
    """
    call = Call(Parts("c", SCRIPT, understand, detector().stream(), datetime(2026, 11, 20, 10)), options)
    stage = Stage(call, sound.text, line or Returning(prompt(VOICES[0])))
    stage.post(Answered(0.0, None, None))
    if known:
        first = interruptions()[1]
        stage.text = first.text
        _hear(stage, _line(first, background, 600), 0)
        stage.seen, stage.silent_since, stage.text = Seen(), None, sound.text
    began_ms = round(stage.at * 1000)
    _hear(stage, _line(sound, background, moment_ms), began_ms + moment_ms + sound.onset_ms)
    if stage.silent_since is not None:
        stage.seen.silent_ms += round((stage.at - stage.silent_since) * 1000)
    return stage.seen


def _hear(stage: Stage, line: Iterator[bytes], onset_ms: int) -> None:
    """Put this into the call, and note when it stops the bot."""
    for frame in line:
        before = stage.silent_since
        stage.hear(frame)
        if stage.silent_since is not None and before is None and stage.seen.stopped_ms is None:
            stage.seen.stopped_ms = round(stage.at * 1000) + 20 - onset_ms


def _line(sound: Sound, background: bytes, moment_ms: int) -> Iterator[bytes]:
    """Frames of the line: the background all the time, the sound in its place."""
    count = moment_ms * 8 + len(sound.pcm) // 2 + int(LISTENED_S * 8000)
    line = np.resize(to_samples(background).astype(np.float64), count)
    place = moment_ms * 8
    line[place : place + len(sound.pcm) // 2] += to_samples(sound.pcm)
    pcm = to_pcm(line)
    for start in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
        yield pcm[start : start + FRAME_BYTES]


def quantile(values: Sequence[int], share: float) -> int:
    """The value below which this share lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]


def moments(count: int) -> list[int]:
    """When the sound comes, in ms after the bot began: not a multiple of a frame."""
    return [1200 + 433 * number for number in range(count)]


@cache
def backgrounds() -> dict[str, bytes]:
    return {name: make() for name, make in NOISES.items()}


def measure_stops(options: CallOptions, count: int, *, known: bool) -> list[tuple[str, str, int | None]]:
    """Every interruption over every background: its name, the background's, ms to silence."""
    found = []
    for (sound, (noise, background)), moment in zip(
        itertools.product(interruptions(), backgrounds().items()),
        itertools.cycle(moments(count)),
        strict=False,
    ):
        seen = play(sound, background, moment, options, known=known)
        late = seen.stopped_ms is None or seen.stopped_ms > LATE_MS
        found.append((sound.name, noise, None if late else seen.stopped_ms))
    return found


def measure_others(options: CallOptions, count: int, *, known: bool) -> dict[str, list[Seen]]:
    """Everything that is no interruption, by kind; of a caller who has spoken before, if `known`."""
    found: dict[str, list[Seen]] = defaultdict(list)
    for sound, background in itertools.product(others(), backgrounds().values()):
        for moment in moments(count):
            found[sound.kind].append(play(sound, background, moment, options, known=known))
    for noise, background in backgrounds().items():
        quiet = Sound(f"noise {noise}", "noise", bytes(16000 * 10), 0, "")
        found["noise"] += [play(quiet, background, moment, options, known=known) for moment in moments(count)]
    return found


def measure_echo(options: CallOptions) -> dict[int, list[Seen]]:
    """The bot speaks for ten seconds and nobody else does: what stops it, by the loss of the echo in dB."""
    nobody = Sound("nobody", "echo", bytes(16000 * 7), 0, "")
    found: dict[int, list[Seen]] = defaultdict(list)
    for loss, delay, voice, background in itertools.product(
        LOSSES_DB, DELAYS_MS, VOICES, backgrounds().values()
    ):
        found[loss].append(play(nobody, background, 0, options, line=Returning(prompt(voice), loss, delay)))
    return found


def measure_stops_over_echo(options: CallOptions, loss: int) -> list[tuple[str, str, int | None]]:
    """Every interruption, the delays in turn."""
    found = []
    for number, (sound, delay) in enumerate(zip(interruptions(), itertools.cycle(DELAYS_MS), strict=False)):
        line = Returning(prompt(VOICES[number % 2]), loss, delay)
        seen = play(sound, backgrounds()["quiet"], moments(5)[number % 5], options, line=line)
        late = seen.stopped_ms is None or not 0 <= seen.stopped_ms <= LATE_MS
        found.append((sound.name, "quiet", None if late else seen.stopped_ms))
    return found


def print_echo(options: CallOptions) -> None:
    """A line for each loss, of nobody and of callers."""
    for loss, seen in measure_echo(options).items():
        stopped = sum(one.stopped_ms is not None for one in seen)
        print(f"echo   -{loss} dB, nobody speaks: {stopped} of {len(seen)} stopped the bot")
    for loss in LOSSES_DB:
        found = [ms for _, _, ms in measure_stops_over_echo(options, loss)]
        times = [ms for ms in found if ms is not None]
        print(
            f"echo   -{loss} dB, {len(found)} interruptions: p50 {quantile(times, 0.5)} ms, "
            f"p95 {quantile(times, 0.95)} ms, longest {max(times)} ms; missed {len(found) - len(times)}"
        )


def print_cost(rounds: int = 4000) -> None:
    """Of a line that sends everything back, so that nothing is left out."""
    line, echo = Returning(prompt(VOICES[0]), LOSSES_DB[0], DELAYS_MS[2]), Echo()
    frames = [(line.send(True), line.add_echo(bytes(FRAME_BYTES))) for _ in range(rounds)]
    began = time.process_time()
    for sent, frame in frames:
        echo.rest_dbfs(frame, sent, -30.0)
    spent = (time.process_time() - began) / rounds
    print(f"cost   an echo is looked for in {spent * 1000:.3f} ms of processor time a frame")


def print_stops(found: list[tuple[str, str, int | None]], when: str) -> None:
    """A line for each background, for each level, and for all."""
    for noise in [*backgrounds(), *(f"{level:g} dBFS" for level in LEVELS_DBFS), "all"]:
        here = [ms for name, where, ms in found if noise in (where, f"{name.split()[-1]} dBFS", "all")]
        times = [ms for ms in here if ms is not None]
        print(
            f"stops  {when:12} {noise:12} {len(here):4} interruptions: p50 {quantile(times, 0.5)} ms, "
            f"p95 {quantile(times, 0.95)} ms, longest {max(times)} ms; missed {len(here) - len(times)}"
        )


def print_others(found: dict[str, list[Seen]], when: str) -> None:
    """A line for each kind."""
    for kind, seen in found.items():
        stopped = [one for one in seen if one.stopped_ms is not None]
        silent = [one.silent_ms for one in stopped]
        note = f", silent for {quantile(silent, 0.5)} ms (median), then went on" if stopped else ""
        print(f"false  {when:12} {kind:12} {len(stopped):4} of {len(seen)}{note}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--moments", type=int, default=3)
    parser.add_argument("--wires", action="store_true", help="over real sockets, too")
    parser.add_argument("--voiced-ms", type=int, help="instead of the setting")
    parser.add_argument("--vad", choices=("webrtc", "silero"), default="webrtc")
    chosen = parser.parse_args()
    DETECTOR[0] = chosen.vad
    options = CallOptions()
    if chosen.voiced_ms is not None:
        options = replace(options, barge_in_ms=chosen.voiced_ms)
    for known, when in ((False, "first turn"), (True, "later turn")):
        print_stops(measure_stops(options, chosen.moments, known=known), when)
        print_others(measure_others(options, chosen.moments, known=known), when)
    print_echo(options)
    print_cost()
    if chosen.wires:
        from benchmarks._barge_in_wires import print_wires

        print_wires()


if __name__ == "__main__":
    main()
