"""What the line's operator sees: Prometheus metrics of calls, gaps, lags, barge-ins, transfers and errors."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from voicebot.actions import Action, Conclude, Record
from voicebot.events import Event, Transcribed, TransferFailed, Transferred
from voicebot.runtime.stages import Turn

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_GAPS_S = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)
_STAGES_S = (0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._running = Gauge("voicebot_calls_running", "Calls that go on now.", ["line"], registry=registry)
        self._ended = Counter("voicebot_calls", "Calls that are over.", ["line", "ended"], registry=registry)
        self._refused = Counter("voicebot_calls_refused", "Not taken.", ["line", "why"], registry=registry)
        self._gap = Histogram(
            "voicebot_answer_gap_seconds",
            "From the caller's last sound to the bot's first.",
            ["line"],
            buckets=_GAPS_S,
            registry=registry,
        )
        self._lag = Histogram(
            "voicebot_recognition_lag_seconds",
            "From the end of an utterance's audio to its transcript.",
            buckets=_GAPS_S,
            registry=registry,
        )
        self._stages = Histogram(
            "voicebot_answer_stage_seconds",
            "The parts of an answer gap.",
            ["stage"],
            buckets=_STAGES_S,
            registry=registry,
        )
        self._starved = Counter(
            "voicebot_speech_starved_seconds",
            "Sound that was missing in the middle of speeches, not being made in time.",
            registry=registry,
        )
        self._barge_ins = Counter("voicebot_barge_ins", "Callers who cut in.", registry=registry)
        self._transfers = Counter("voicebot_transfers", "By outcome.", ["outcome"], registry=registry)
        self._errors = Counter("voicebot_errors", "What failed.", ["what"], registry=registry)

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A gauge `voicebot_NAME` that is asked when somebody looks."""
        Gauge(f"voicebot_{name}", meaning, registry=self._registry).set_function(value)

    def refused(self, line: str, why: str) -> None:
        """A call was not taken."""
        self._refused.labels(line, why).inc()

    def failed(self, what: str) -> None:
        """Something outside of calls failed."""
        self._errors.labels(what).inc()

    def call(self, line: str) -> CallMetrics:
        """An observer for one new call."""
        self._running.labels(line).inc()
        return CallMetrics(self, line)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class CallMetrics:
    """Implements Observer: counts what one call does."""

    wants_frames = False

    def __init__(self, metrics: Metrics, line: str) -> None:
        self._metrics = metrics
        self._line = line
        self._concluded: dict[int, float] = {}
        self._ended_by = "line"

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Count an event and its actions."""
        if isinstance(event, Transcribed) and event.final:
            began = self._concluded.pop(event.utterance, None)
            if began is not None:
                self._metrics._lag.observe(event.at - began)
        elif isinstance(event, TransferFailed):
            self._metrics._transfers.labels("failed").inc()
        elif isinstance(event, Transferred):
            self._metrics._transfers.labels("answered").inc()
        for action in actions:
            if isinstance(action, Conclude):
                self._concluded[action.utterance] = event.at
            elif isinstance(action, Record):
                self._fact(action)

    def _fact(self, fact: Record) -> None:
        metrics = self._metrics
        if fact.kind == "answered":
            metrics._gap.labels(self._line).observe(fact.data["gap_ms"] / 1000)
        elif fact.kind == "barge_in":
            metrics._barge_ins.inc()
        elif fact.kind == "failed":
            metrics._errors.labels(str(fact.data.get("why", "")).partition(":")[0][:30] or "unknown").inc()
        elif fact.kind == "ended":
            self._ended_by = str(fact.data["by"])

    def answered(self, turn: Turn) -> None:
        """A turn was answered: where its gap went."""
        for stage, seconds in turn.stages.items():
            self._metrics._stages.labels(stage).observe(seconds)

    def starved(self, seconds: float) -> None:
        """So much sound was missing in this call."""
        self._metrics._starved.inc(seconds)

    def over(self, broken: bool) -> None:
        """The call has ended, by a fault of the program or as calls end."""
        if broken:
            self._metrics.failed("program")
        self._metrics._running.labels(self._line).dec()
        self._metrics._ended.labels(self._line, "broken" if broken else self._ended_by).inc()
