"""What came of a replayed call, and how the results of many are told: as JSON, JUnit XML, or a page."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
from jinja2 import Environment, PackageLoader, select_autoescape

from voicebot.audio import to_samples
from voicebot.replay.caller import TurnTimes
from voicebot.replay.judge import Verdict
from voicebot.replay.log import CallLog

WAVE_WIDTH = 1000
RATE = 8000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the conversation; `at` in seconds, `gap_ms` the answer gap before a line of the bot."""

    at: float
    who: str
    text: str
    detail: str = ""
    gap_ms: int | None = None


@dataclass(frozen=True, slots=True)
class CallResult:
    """One replayed call: its verdicts, times and sound."""

    name: str
    title: str
    verdicts: tuple[Verdict, ...]
    log: CallLog
    times: tuple[TurnTimes, ...]
    length_s: float
    took_s: float
    sides: tuple[bytes, bytes]

    @property
    def held(self) -> bool:
        """Did every expectation hold?"""
        return all(verdict.held for verdict in self.verdicts)

    @property
    def gaps_ms(self) -> list[int]:
        """The answer gap of every turn of the caller that was answered."""
        return [times.gap_ms for times in self.times if times.gap_ms is not None]

    @property
    def lines(self) -> list[Line]:
        """The conversation, in order."""
        gaps = sorted((t.answered, t.gap_ms) for t in self.times if t.answered is not None)
        lines: list[Line] = []
        for entry in self.log.entries:
            data = entry.data
            if entry.kind == "say":
                gap = (
                    gaps.pop(0)[1]
                    if gaps and (gaps[0][0] or 0) >= entry.at and _is_next(gaps, entry.at)
                    else None
                )
                lines.append(Line(entry.at, "bot", data["text"], gap_ms=gap))
            elif entry.kind == "understood":
                lines.append(Line(entry.at, "caller", data["text"], understood(data)))
            elif entry.kind == "keyed":
                lines.append(Line(entry.at, "caller", f"[{data['keys']}]"))
            elif entry.kind in {"look", "do"}:
                lines.append(Line(entry.at, entry.kind, data["name"]))
            elif entry.kind == "transfer":
                lines.append(Line(entry.at, "transfer", data["to"], str(data["story"].get("spoken", ""))))
            elif entry.kind in {"failed", "ended", "hang_up"}:
                lines.append(Line(entry.at, entry.kind, str(data.get("why") or data.get("by"))))
        return lines


def _is_next(gaps: Sequence[tuple[float | None, int | None]], at: float) -> bool:
    return bool(gaps) and gaps[0][0] is not None and gaps[0][0] - at < 10


def understood(data: Mapping[str, Any]) -> str:
    """One line that tells intents and slots."""
    intents = " + ".join(f"{intent['name']} {intent['confidence']:.2f}" for intent in data["intents"])
    slots = ", ".join(f"{name}={slot['value']}" for name, slot in data["slots"].items())
    return " · ".join(part for part in (intents, slots) if part)


def as_json(result: CallResult) -> dict[str, Any]:
    """The result as plain data."""
    return {
        "name": result.name,
        "title": result.title,
        "held": result.held,
        "length_s": round(result.length_s, 2),
        "took_s": round(result.took_s, 3),
        "speed": round(result.length_s / result.took_s, 1) if result.took_s else None,
        "gaps_ms": result.gaps_ms,
        "verdicts": [{"turn": v.turn, "what": v.what, "held": v.held, "got": v.got} for v in result.verdicts],
        "lines": [
            {
                "at": round(line.at, 2),
                "who": line.who,
                "text": line.text,
                "detail": line.detail,
                "gap_ms": line.gap_ms,
            }
            for line in result.lines
        ],
    }


def as_junit(results: Sequence[CallResult]) -> str:
    """All results as JUnit XML: a test case for each expectation."""
    root = ET.Element("testsuites")
    for result in results:
        failures = sum(not verdict.held for verdict in result.verdicts)
        suite = ET.SubElement(
            root, "testsuite", name=result.name, tests=str(len(result.verdicts)), failures=str(failures),
            time=f"{result.took_s:.3f}",
        )  # fmt: skip
        for verdict in result.verdicts:
            where = "" if verdict.turn is None else f"turn {verdict.turn + 1}: "
            case = ET.SubElement(suite, "testcase", classname=result.name, name=where + verdict.what)
            if not verdict.held:
                ET.SubElement(case, "failure", message=f"got: {verdict.got}")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def as_html(results: Sequence[CallResult], sound: Mapping[str, Path] | None = None) -> str:
    """One page that shows each call's turns, waveform and verdict; `sound` names recordings to be played."""
    loader = PackageLoader("voicebot.replay", "templates")
    environment = Environment(loader=loader, autoescape=select_autoescape(["html"]), trim_blocks=True)
    calls = [
        {
            "result": result,
            "waves": [wave(side) for side in result.sides],
            "sound": _embedded(sound[result.name]) if sound and result.name in sound else None,
            "width": WAVE_WIDTH,
        }
        for result in results
    ]
    return environment.get_template("report.html").render(calls=calls)


def _embedded(path: Path) -> str:
    return "data:audio/wav;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def wave(pcm: bytes, width: int = WAVE_WIDTH, height: int = 60) -> str:
    """The outline of 16-bit audio as the points of an SVG polygon, `width` x `height` pixels."""
    samples = np.abs(to_samples(pcm).astype(np.float32)) / 32768
    if not len(samples):
        return ""
    borders = np.linspace(0, len(samples), width + 1).astype(int)
    peaks = [float(samples[a:b].max()) if b > a else 0.0 for a, b in pairwise(borders)]
    middle = height / 2
    upper = [f"{x},{middle - peak * middle:.1f}" for x, peak in enumerate(peaks)]
    lower = [f"{x},{middle + peak * middle:.1f}" for x, peak in enumerate(peaks)]
    return " ".join(upper + lower[::-1])
