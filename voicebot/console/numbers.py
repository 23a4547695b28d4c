"""The numbers: how much, how well, about what, and what has begun to rise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from voicebot.console import charts, words
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import router
from voicebot.console.showing_campaigns import progress
from voicebot.console.tables import csv_response
from voicebot.errors import VoicebotError
from voicebot.outbound.results import status
from voicebot.records.report import Report, every_figure, report
from voicebot.shop.tables import Product

LONGEST_DAYS = 400
USUAL_DAYS = 30
MOST_ROWS = 12
MOST_FUNNELS = 3


def routes(desk: Desk) -> APIRouter:
    """/console/numbers, for operations."""
    here = router(desk, "operations", "/console/numbers")

    @here.get("")
    def numbers(request: Request, first: str = "", last: str = "") -> Response:
        found = report(desk.memory.database, *days(desk, first, last))
        return page(request, "numbers.html", **shown(desk, found))

    @here.get("/funnels")
    def funnels(request: Request) -> Response:
        return page(request, "numbers_funnels.html", funnels=_funnels(desk))

    @here.get("/figures.csv")
    def csv(first: str = "", last: str = "") -> Response:
        start, end = days(desk, first, last)
        rows = [(day.isoformat(), *more) for day, *more in every_figure(desk.memory.database, start, end)]
        return csv_response(f"figures-{start}-{end}.csv", ("day", "what", "key", "count", "total"), rows)

    return here


def _funnels(desk: Desk) -> list[tuple[str, str, Any]]:
    """(name, title, chart) of the newest campaigns; how many contacts came how far."""
    if desk.campaigns is None:
        return []
    campaigns = desk.campaigns.campaigns("")
    newest = campaigns.all()[:MOST_FUNNELS]
    found = [(name, title, status(desk.memory.database, name, campaigns.now())) for name, title, _ in newest]
    return [(name, title, progress(one)["funnel"]) for name, title, one in found]


def days(desk: Desk, first: str, last: str) -> tuple[date, date]:
    """The days that were asked for, else the last thirty. Raises VoicebotError for what are none."""
    try:
        end = date.fromisoformat(last) if last else desk.now().date()
        start = date.fromisoformat(first) if first else end - timedelta(USUAL_DAYS - 1)
    except (ValueError, OverflowError) as error:
        raise VoicebotError("日期要写成 2026-11-20 这样") from error
    if not 0 <= (end - start).days < LONGEST_DAYS or start.year < 2000:
        raise VoicebotError(f"一次最多看{LONGEST_DAYS}天，开始的一天不能晚于结束的一天")
    return start, end


def key_figures(desk: Desk, found: Report) -> dict[str, Any]:
    """The figures on top, as plain data."""
    calls, minutes = found.count("calls"), sum(total for _, total in found.sums.get("minutes", {}).values())
    cost = found.cost_fen(desk.options.fen_per_minute)
    return {
        "calls": calls,
        "contained": found.contained,
        "seconds": found.mean("calls"),
        "minutes": minutes,
        "gap_p50_ms": found.gap_percentile(0.5),
        "gap_p95_ms": found.gap_percentile(0.95),
        "confidence": found.mean("confidence"),
        "satisfaction": found.mean("satisfaction"),
        "cost_fen_per_call": cost / calls if cost is not None and calls else None,
    }


def shown(desk: Desk, found: Report) -> dict[str, Any]:
    """What the page shows."""
    goods = product_names(desk)
    names = [day.strftime("%m-%d") for day in found.days]
    top = [key for key, _ in found.counts("intent")[:4]]
    intents = {
        key: charts.curve(
            _series(names, [count for count, _ in found.by_day("intent", key)]), words.INTENTS.get(key, key)
        )
        for key in top
    }
    return {
        "found": found,
        "key": key_figures(desk, found),
        "volume": charts.bars(_series(names, [count for count, _ in found.by_day("calls")]), "每天通话数"),
        "hours": charts.bars(_hours(found), "一天中的通话"),
        "contained": charts.curve(
            list(zip(names, _percent(found.contained_by_day()), strict=True)),
            "机器人独立解决的比例",
            "%",
            100.0,
        ),
        "satisfaction": charts.curve(
            list(zip(names, _means(found.by_day("satisfaction")), strict=True)), "满意度", "", 5.0
        ),
        "confidence": charts.curve(
            list(zip(names, _percent(_means(found.by_day("confidence"))), strict=True)),
            "识别把握",
            "%",
            100.0,
        ),
        "gap": charts.curve(list(zip(names, _means(found.by_day("gap")), strict=True)), "回答间隔", "ms"),
        "handover": _rows(found, "handover", words.REASONS, "转人工的原因"),
        "wishes": _rows(found, "intent", words.INTENTS, "客户想办的事"),
        "outcomes": _rows(found, "outcome", words.OUTCOMES, "通话结果"),
        "moods": _rows(found, "mood", words.MOODS, "最重的情绪"),
        "asked": _rows(found, "asked", _entry_names(desk), "问得最多的知识"),
        "intents": intents,
        "names": words.INTENTS,
        "goods": goods,
    }


def product_names(desk: Desk) -> dict[str, str]:
    """What products are called, by code."""
    with desk.memory.database.reading() as session:
        rows = session.execute(select(Product.code, Product.short))
        return {str(row.code): str(row.short) for row in rows}


def _entry_names(desk: Desk) -> dict[str, str]:
    """What entries of the knowledge base are about: the first question of each."""
    entries = desk.knowledge.versions.library().entries if desk.knowledge is not None else ()
    return {"?": "没有找到答案"} | {entry.id: entry.questions[0] for entry in entries}


def _rows(found: Report, what: str, names: Mapping[str, str], title: str) -> Any:
    return charts.rows([(names.get(key, key), count) for key, count in found.counts(what)[:MOST_ROWS]], title)


def _series(names: list[str], counts: list[int]) -> list[tuple[str, float]]:
    return [(name, float(count)) for name, count in zip(names, counts, strict=True)]


def _hours(found: Report) -> list[tuple[str, float]]:
    counts = dict(found.counts("hour"))
    return [(f"{hour:02d}", float(counts.get(f"{hour:02d}", 0))) for hour in range(24)]


def _means(pairs: list[tuple[int, float]]) -> list[float | None]:
    return [total / count if count else None for count, total in pairs]


def _percent(shares: list[float | None]) -> list[float | None]:
    return [None if share is None else 100 * share for share in shares]
