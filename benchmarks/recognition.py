"""Recognition: what the shop's language model gains over plain Vosk, and what it costs in time and memory.

    python -m benchmarks.recognition [--every N] [--rounds N] [--json]

Material: every N-th sentence of tests/grammars (kept apart from the grammars that the language model is made of),
spoken by synthetic voices in turn, at 8 kHz; clean, and with street noise at 15 dB. Character errors, and whole
sentences right, of

free      Vosk as it comes: its best text, every recogniser new
ours      voicebot, told nothing (expecting None): the text, and the best of all alternatives ("listed")

Time is processor time over the length of the audio: `cold` is the first utterance of a new recogniser each time,
`warm` the second passage through the same audio. `memory` is what the process holds after each passage.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from voicebot import models
from voicebot.asr.vosk import VoskRecognizer
from voicebot.audio import RATE, silence, to_pcm, to_samples
from voicebot.config import ROOT, load
from voicebot.events import Transcript
from voicebot.nlu.grammars import domain_sentences, load_grammars
from voicebot.replay.noise import street
from voicebot.tts.voices import KOKORO, open_voice

MODEL = "vosk-model-small-cn-0.22"
VOICES = ("zm_yunxi", "zf_xiaoxiao", "zf_xiaobei", "zm_yunxia")
SNR_DB = 15.0
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")


@dataclass(frozen=True)
class Said:
    """A sentence, in which condition, and its audio."""

    text: str
    condition: str
    pcm: bytes


@dataclass
class Tally:
    """Characters said, wrong, wrong in the best alternative; sentences said and right; seconds."""

    characters: int = 0
    wrong: int = 0
    listed_wrong: int = 0
    sentences: int = 0
    right: int = 0
    audio_s: float = 0.0
    work_s: float = 0.0

    def add(self, said: Said, texts: list[str], seconds: float) -> None:
        """Count one sentence; `texts` are what was heard, best first."""
        wanted = plain(said.text)
        errors = [distance(wanted, plain(text)) for text in texts or [""]]
        self.characters += len(wanted)
        self.wrong += errors[0]
        self.listed_wrong += min(errors)
        self.sentences += 1
        self.right += errors[0] == 0
        self.audio_s += len(said.pcm) / 2 / RATE
        self.work_s += seconds


def sentences(every: int) -> list[str]:
    """Sentences kept apart, in the order of their files."""
    found: list[str] = []
    for path in sorted((ROOT / "tests" / "grammars" / "zh-CN").glob("*/callers.yaml")):
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
        found += [case if isinstance(case, str) else case["text"] for case in cases]
    return found[::every]


def spoken(texts: list[str]) -> Iterator[Said]:
    """Each sentence by the next voice, clean and in a street."""
    voices = [open_voice(name, 1.0, lambda: models.folder(KOKORO)) for name in VOICES]
    for number, text in enumerate(texts):
        clean = silence(300) + voices[number % len(voices)].speak(text) + silence(300)
        yield Said(text, "clean", clean)
        yield Said(text, "street", in_street(clean, number))


def in_street(pcm: bytes, seed: int) -> bytes:
    """The speech in a street's noise, SNR_DB under its power."""
    signal = to_samples(pcm).astype(np.float64)
    noise = street(len(signal), np.random.default_rng(seed))
    speech = float((signal[signal != 0] ** 2).mean())
    return to_pcm(signal + noise * np.sqrt(speech / float((noise**2).mean()) / 10 ** (SNR_DB / 10)))


def plain(text: str) -> str:
    """Only what is spoken, digits as Chinese ones."""
    return "".join(character for character in text.lower().translate(_DIGITS) if character.isalnum())


def distance(wanted: str, heard: str) -> int:
    """Characters to insert, delete or replace."""
    row = list(range(len(heard) + 1))
    for place, character in enumerate(wanted, start=1):
        before, row = row, [place]
        for column, other in enumerate(heard, start=1):
            row.append(min(before[column] + 1, row[-1] + 1, before[column - 1] + (character != other)))
    return row[-1]


def free(model: Any, pcm: bytes) -> list[str]:
    """What a new recogniser with Vosk's own settings hears."""
    import vosk

    engine = vosk.KaldiRecognizer(model, RATE)
    for at in range(0, len(pcm), 3200):
        engine.AcceptWaveform(pcm[at : at + 3200])
    return [json.loads(engine.FinalResult())["text"].replace(" ", "")]


def ours(recognizer: VoskRecognizer, pcm: bytes) -> list[str]:
    """The text and then every alternative."""
    stream = recognizer.stream(None)
    for at in range(0, len(pcm), 320):
        stream.accept(pcm[at : at + 320])
    heard: Transcript = stream.finish()
    return [heard.text, *(alternative.text for alternative in heard.alternatives)]


def memory_mb() -> float:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * 4096 / 1e6


def measure(every: int, rounds: int) -> Iterator[dict[str, Any]]:
    """One record a recogniser, passage and condition."""
    import vosk

    vosk.SetLogLevel(-2)
    material = list(spoken(sentences(every)))
    grammars = load().path(load().paths.grammars)
    official = vosk.Model(str(models.folder(MODEL)))
    yield from _passage("free", "cold", material, lambda pcm: free(official, pcm))
    typed = domain_sentences(load_grammars(grammars))
    recognizer = VoskRecognizer.open(models.folder(MODEL), grammars, typed)
    for number in range(rounds):
        passage = "first" if number == 0 else f"warm {number}"
        yield from _passage("ours", passage, material, lambda pcm: ours(recognizer, pcm))


def _passage(name: str, passage: str, material: list[Said], hear: Any) -> Iterator[dict[str, Any]]:
    tallies = {said.condition: Tally() for said in material}
    for said in material:
        began = time.process_time()
        texts = hear(said.pcm)
        tallies[said.condition].add(said, texts, time.process_time() - began)
    for condition, tally in tallies.items():
        yield {
            "recognizer": name,
            "passage": passage,
            "condition": condition,
            "sentences": tally.sentences,
            "right": tally.right,
            "character_errors": round(tally.wrong / tally.characters, 4),
            "listed_errors": round(tally.listed_wrong / tally.characters, 4),
            "rtf": round(tally.work_s / tally.audio_s, 3),
            "memory_mb": round(memory_mb()),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=8, help="take every N-th sentence")
    parser.add_argument("--rounds", type=int, default=2, help="passages of ours through the same audio")
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    if not arguments.json:
        print("recognizer  passage  condition  sentences right  characters wrong  listed  real time   memory")
    for found in measure(arguments.every, arguments.rounds):
        if arguments.json:
            print(json.dumps(found), flush=True)
            continue
        print(
            f"{found['recognizer']:10}  {found['passage']:7}  {found['condition']:9}"
            f"  {found['right']:8}/{found['sentences']:<6}  {found['character_errors']:15.1%}"
            f"  {found['listed_errors']:6.1%}  x {found['rtf']:.3f}  {found['memory_mb']:6} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
