"""What speaking costs: real time, the wait for the first sound, the cache, memory.

    python -m benchmarks.synthesis [--voice NAME] [--passes N] [--json]

One thread, and nothing else of ours running. Sentences are those of a hotline; times are of the wall clock.

rtf       time to make all parts over how long they last, whole sentences cold
cpu       the same in time of the processor, which other work on the machine does not lengthen
cold      ms until the first part is made when none is cached: median, 95th percentile
warm      the same when the fixed parts of the sentence are cached (said before with another order)
hit       ms for the first part out of the disk cache, and out of memory
load      s to load the voice; memory in MB that it and what it needs add to the process
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from voicebot import models
from voicebot.audio import duration_ms
from voicebot.tts.cache import PartCache
from voicebot.tts.speaker import Speaker
from voicebot.tts.voice import Voice
from voicebot.tts.voices import KOKORO, open_voice

SENTENCES = (
    "您好，这里是青禾优品客服热线，我是智能语音助手，本次通话会被录音。请问有什么可以帮您？",
    "好的，请您说一下订单号，或者订单号的后四位。",
    "您的订单尾号{tail}，已经到杭州，预计11月{day}日15:00前送达。",
    "您的订单尾号{tail}，共{day}件，一共{amount}元，对吗？",
    "我们支持七天无理由退货，商品不影响二次销售就可以。",
    "正在为您转接人工客服，请不要挂机。",
    "抱歉，我没有听清楚，请您再说一遍。",
    "手机号是138 0000 {tail}，对吗？",
)


def sentences(order: int) -> list[str]:
    """The sentences as said about one order."""
    return [
        text.format(tail=f"{(4217 + 1873 * order) % 10000:04}", day=11 + order, amount=f"{128.5 + order:.2f}")
        for text in SENTENCES
    ]


def first_part_ms(speaker: Speaker, text: str) -> float:
    """Until the first piece of audio comes."""
    start = perf_counter()
    next(iter(speaker.synthesize(text)))
    return (perf_counter() - start) * 1000


def resident_mb() -> float:
    """Memory of this process now (Linux), else its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1e6


def real_time(voice: Voice, passes: int) -> tuple[float, float]:
    """Making over lasting, all parts of all sentences: by the wall clock, and by the processor's."""
    took = busy = lasts = 0.0
    for index in range(passes):
        for text in sentences(index):
            start, worked = perf_counter(), process_time()
            pieces = list(Speaker(voice).synthesize(text))
            took, busy = took + perf_counter() - start, busy + process_time() - worked
            lasts += duration_ms(b"".join(pieces)) / 1000
    return took / lasts, busy / lasts


def waits(voice: Voice, passes: int) -> dict[str, list[float]]:
    """Milliseconds to the first part, cold, warm, from disk and from memory."""
    found: dict[str, list[float]] = {"cold": [], "warm": [], "disk": [], "memory": []}
    with tempfile.TemporaryDirectory() as name:
        for index in range(passes):
            folder = Path(name) / str(index)
            cache = PartCache(folder)
            for text in sentences(0):
                found["cold"].append(first_part_ms(Speaker(voice, PartCache(None)), text))
                list(Speaker(voice, cache).synthesize(text))
            found["warm"] += [first_part_ms(Speaker(voice, cache), text) for text in sentences(index + 1)]
            fixed = [text for text in SENTENCES if "{" not in text]
            found["disk"] += [first_part_ms(Speaker(voice, PartCache(folder)), text) for text in fixed]
            found["memory"] += [first_part_ms(Speaker(voice, cache), text) for text in fixed]
    return found


def rows(name: str, passes: int) -> Iterator[tuple[str, str, float]]:
    """(what, unit, value), in the order of the heading."""
    before, start = resident_mb(), perf_counter()
    voice = open_voice(name, 1.0, lambda: models.folder(KOKORO))
    yield "load", "s", perf_counter() - start
    voice.speak("您好，")
    yield "memory", "MB", resident_mb() - before
    wall, cpu = real_time(voice, passes)
    yield "rtf", "of real time", wall
    yield "cpu", "of real time", cpu
    for what, times in waits(voice, passes).items():
        yield f"{what} median", "ms", statistics.median(times)
        yield f"{what} p95", "ms", statistics.quantiles(times, n=20, method="inclusive")[-1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--voice", default="zf_xiaoxiao")
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for what, unit, value in rows(options.voice, options.passes):
        if options.json:
            print(
                json.dumps(
                    {
                        "benchmark": "synthesis",
                        "voice": options.voice,
                        "what": what,
                        "unit": unit,
                        "value": value,
                    }
                )
            )
        else:
            print(f"{options.voice:12} {what:14} {value:9.3f} {unit}")


if __name__ == "__main__":
    main()
