"""What live calls share: the engines with their threads, and how they are tried, watched and judged."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.ports import RecognizerStream, Shop
    from voicebot.runtime.driver import Engines
    from voicebot.runtime.loop import Blocks
    from voicebot.runtime.metrics import Metrics
    from voicebot.runtime.sweeping import Sweeper
    from voicebot.runtime.workers import Workers
    from voicebot.tts.voice import Voice

PRESSED_S = 0.6
"""When recognition is so late, new utterances are heard with less effort."""
BEHIND_LOOP, BEHIND_HEARING = 2, 8
"""The niceness of what recognises, and of what synthesises: who speaks on has been heard before."""
MOST_TO_SAY, MOST_TO_LOOK_UP = 300, 300
READERS = 4
"""Threads that read what is to be said, and fetch what of it is there."""
WARM_STREAMS, WARM_BYTES, PIECE_BYTES = 2, 48_000, 3200
"""Recognisers made warm for each thread, with 3 s of speech."""

FIRST_WORDS = (
    "我想查一下订单",
    "气死我了你们什么破服务我要投诉",
    "上个月二十号买的耳机明天能到吗",
    "一三八零零幺三八零零零",
    "不是不对退货运费谁出",
    "转人工",
)
"""What a first caller may say: words, moods, dates and numbers are read with data that is loaded at first use."""


def engines(app: App, shop: Shop | None = None) -> Engines:
    """The engines; the shop of the settings, unless another is given."""
    from voicebot.runtime.driver import Engines
    from voicebot.runtime.pacer import Pacer
    from voicebot.runtime.workers import WorkerOptions, Workers

    hearing = Workers(app.threads, "hearing", WorkerOptions(nice=BEHIND_LOOP))
    recognizer = app.recognizer
    if hasattr(recognizer, "pressed"):
        recognizer.pressed = lambda: hearing.lag_s >= PRESSED_S
    return Engines(
        recognizer=recognizer,
        synthesizer=app.synthesizer,
        shop=shop or app.shop(app.config.shop.database, app.now),
        hearing=hearing,
        speaking=Workers(READERS, "speaking", WorkerOptions(MOST_TO_SAY)),
        looking=Workers(4, "looking", WorkerOptions(MOST_TO_LOOK_UP)),
        pacer=Pacer(app.clock),
        clock=app.clock,
        making=Workers(app.threads, "making", WorkerOptions(nice=BEHIND_HEARING)),
    )


def for_many_calls(app: App) -> Engines:
    """The engines of a process that shall carry many calls: the voice speaks in processes of its own."""
    from voicebot.app.rehearsal import rehearse
    from voicebot.runtime.workers import WorkerOptions, Workers

    shared, _ = engines(app), app.fixed_texts
    if app.config.voice.engine == "kokoro" and shared.making is not None:
        shared.making.close()
        making = Workers(app.threads, "making", WorkerOptions(nice=BEHIND_LOOP))
        speaker = app.synthesizer.with_voice(_voice_apart(app))
        shared = replace(shared, synthesizer=speaker, making=making)
        rehearse(app, speaker, making, shared.pacer)
    return shared


def _voice_apart(app: App) -> Voice:
    from voicebot import models
    from voicebot.tts.apart import VoiceApart
    from voicebot.tts.voices import KOKORO, open_there

    settings, identity = app.config.voice, app.synthesizer.identity
    make = partial(open_there, settings.name, settings.speed, models.folder(KOKORO))
    return VoiceApart(make, identity, app.threads, BEHIND_HEARING)


def try_once(app: App) -> None:
    """What is made at its first use is made now: within a call it would hold up every other one."""
    from voicebot.events import Answered, Heard, Transcribed, Transcript

    call = app.call("warming", app.now())
    call.receive(Answered(0.0))
    call.receive(Heard(0.02, bytes(320)))
    for number, text in enumerate(FIRST_WORDS, start=1):
        call.receive(Transcribed(float(number), 0, Transcript.of(text), True))
    _warm(app)


def _warm(app: App) -> None:
    """Let several recognisers hear some speech: the first utterance of each costs three times what others do."""
    speech = _speech(app)
    streams = [app.recognizer.stream(None) for _ in range(WARM_STREAMS * app.threads)]

    def hear(stream: RecognizerStream) -> None:
        for place in range(0, len(speech), PIECE_BYTES):
            stream.accept(speech[place : place + PIECE_BYTES])
        stream.finish()

    with ThreadPoolExecutor(app.threads) as pool:
        list(pool.map(hear, streams))


async def load_rest(shared: Engines) -> None:
    """What is slow to load and not there yet, such as what the shop knows of its goods; then it is left alone."""
    from voicebot.runtime.sweeping import settle

    await asyncio.to_thread(lambda: getattr(shared.shop, "knowledge", None))
    settle()


def sweeper(shared: Engines) -> Sweeper:
    """Collects garbage while nobody calls."""
    from voicebot.runtime.sweeping import Sweeper

    return Sweeper(lambda: shared.pacer.ticks, shared.clock)


def _speech(app: App) -> bytes:
    """Some words of the bot's own, as far as they are made already."""
    speech = b""
    for part in app.opening_parts():
        if len(speech) >= WARM_BYTES:
            break
        if app.synthesizer.cached(part):
            speech += app.synthesizer.part_audio(part)
    return speech[:WARM_BYTES]


def watch(metrics: Metrics, shared: Engines, blocks: Blocks) -> None:
    """Let the metrics tell how busy everything is."""
    from voicebot.runtime.clock import spent_s

    hearing, pacer = shared.hearing, shared.pacer
    making, reading = shared.making or shared.speaking, shared.speaking
    metrics.watch("hearing_waiting", "Recognition jobs that wait.", lambda: hearing.waiting)
    metrics.watch("hearing_lag_seconds", "So long the oldest of them waits.", lambda: hearing.lag_s)
    metrics.watch("speaking_waiting", "Parts of speech that wait to be made.", lambda: making.waiting)
    metrics.watch("speaking_lag_seconds", "So long the oldest is overdue.", lambda: making.lag_s)
    metrics.watch("reading_waiting", "Speeches that wait to be read.", lambda: reading.waiting)
    metrics.watch("looking_waiting", "Look-ups that wait.", lambda: shared.looking.waiting)
    metrics.watch(
        "work_refused",
        "Jobs that found too many waiting before them.",
        lambda: sum(workers.refused for workers in (hearing, reading, shared.looking)),
    )
    metrics.watch(
        "hearing_frugal",
        "Utterances heard with less effort because recognition was late.",
        lambda: getattr(shared.recognizer, "frugal", 0),
    )
    for name, workers in _pools(shared):
        metrics.watch(
            f"{name}_processor_seconds",
            "Processor time of its jobs.",
            lambda workers=workers: workers.processor_s,  # type: ignore[misc]
        )
    metrics.watch("loop_processor_seconds", "Processor time of the loop's thread.", spent_s)
    metrics.watch("pacer_worst_late_seconds", "The latest frame so far.", lambda: pacer.worst_late_s)
    metrics.watch("pacer_late_p99_seconds", "99 of 100 frames are no later.", lambda: pacer.late_s(0.99))
    metrics.watch("loop_longest_block_seconds", "The loop's longest, since asked.", blocks.newest_longest_s)
    metrics.watch("loop_worst_block_seconds", "The loop's longest so far.", lambda: blocks.longest_s)
    metrics.watch("loop_blocks_too_long", "Blocks of more than 5 ms.", lambda: blocks.too_long)
    metrics.watch("loop_rounds", "Rounds of the loop.", lambda: blocks.rounds)
    metrics.watch("loop_busy_seconds", "Spent in them.", lambda: blocks.busy_s)


def unready(shared: Engines, lag_s: float) -> str | None:
    """Why no call should be sent here now, or None."""
    return "late" if shared.hearing.lag_s >= lag_s else None


def close(shared: Engines) -> None:
    """Let the voice's processes end, and the threads."""
    if hasattr(shared.synthesizer, "close"):
        shared.synthesizer.close()
    for _, workers in _pools(shared):
        workers.close()


def _pools(shared: Engines) -> list[tuple[str, Workers]]:
    """The threads, by what they do."""
    pools = [("hearing", shared.hearing), ("reading", shared.speaking), ("looking", shared.looking)]
    return [*pools, ("speaking", shared.making)] if shared.making is not None else pools
