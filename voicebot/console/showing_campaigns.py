"""A campaign as its pages show it: words for codes, charts of the funnel and of the answers, and masked rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from voicebot.campaign.answers_open import grouped
from voicebot.console import charts
from voicebot.records.masking import mask, mask_name, mask_phone

STATES = {"ready": "待启动", "running": "进行中", "paused": "已暂停", "stopped": "已停止", "done": "已完成"}
MOVES = {"start": "启动", "pause": "暂停", "resume": "继续", "stop": "停止"}
STAGES = {
    "dialled": "已拨打", "reached": "已接通", "human": "真人接听", "completed": "谈完", "converted": "达成目标",
    "refused": "拒绝",
}  # fmt: skip
CONTACTS = {
    "waiting": "等待",
    "dialling": "拨打中",
    "done": "已完成",
    "spent": "次数用尽",
    "refused": "不拨打",
}
OUTCOMES = {
    "completed": "谈完",
    "refused": "客户拒绝",
    "opted_out": "不再接听",
    "wrong_person": "不是本人",
    "callback": "约了再打",
    "machine": "语音信箱",
    "transferred": "转人工",
    "abandoned": "无人应答",
    "cut_off": "中途断开",
    "busy": "占线",
    "no_answer": "没有接",
    "rejected": "拒接",
    "failed": "失败",
    "lost": "结果不明",
    "not_asked": "没有拨出",
}
FREE_VALUES = 8
"""More different texts than these are free speech, and are grouped."""
FREE_LENGTH = 8
"""An answer longer than this is no choice of a list."""
MOST_GROUPS = 12
MOST_TEXTS = 2000


def progress(found: Mapping[str, Any]) -> dict[str, Any]:
    """What changes while a campaign runs, for the part of the page that is fetched anew."""
    return {
        "state": found["state"],
        "state_name": STATES.get(found["state"], found["state"]),
        "contacts": _named(found["contacts"], CONTACTS),
        "outcomes": charts.rows(_named(found["outcomes"], OUTCOMES), "通话结果"),
        "funnel": charts.rows(_named(found["funnel"], STAGES), "漏斗"),
        "open": found["open"],
        "untold": found["untold"],
        "next": found["next"],
        "satisfaction": found["satisfaction"],
        "because": [(mask(why), count) for why, count in found["because"].items()],
    }


def answer_charts(answers: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Markup, bool]]:
    """For each question its name, a chart, and whether the answers are free speech and were grouped."""
    drawn = []
    for question, counts in answers.items():
        free = is_free(counts)
        points = groups_of(counts) if free else list(counts.items())
        shown = [(mask(str(name)), float(count)) for name, count in points[:MOST_GROUPS]]
        drawn.append((question, charts.rows(shown, question), free))
    return drawn


def is_free(counts: Mapping[str, int]) -> bool:
    """Is it what people said in their own words, and no choice or number?"""
    texts = [text for text in counts if not text.replace(".", "", 1).isdigit()]
    return bool(texts) and (len(texts) > FREE_VALUES or any(len(text) > FREE_LENGTH for text in texts))


def groups_of(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Free answers by what they are about, with how many were given; the greatest first."""
    texts = list(counts)[:MOST_TEXTS]
    found = [(group.name, sum(counts[texts[n]] for n in group.members)) for group in grouped(texts)]
    return sorted(found, key=lambda one: -one[1])


def masked(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Results without what tells who it was: the number and all facts of the contact, and what has such a shape."""
    return [
        {
            **row,
            "phone": mask_phone(str(row["phone"])),
            "facts": dict.fromkeys(row["facts"], "***"),
            "answers": {name: _masked(value) for name, value in row["answers"].items()},
            "because": mask(str(row["because"] or "")),
        }
        for row in rows
    ]


def masked_example(value: str) -> str:
    """What a column holds, so that it can be told from others: how long it is, and how it begins."""
    plain = value.strip()
    return mask_phone(plain) if plain.strip("+-.() ").replace("-", "").isdigit() else mask_name(plain[:20])


def told_changes(changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who changed what, with the rest as one masked text."""
    head = ("at", "who", "campaign", "what")
    return [
        {
            **{name: row[name] for name in head},
            "rest": mask("，".join(f"{name} {value}" for name, value in row.items() if name not in head)),
        }
        for row in changes
    ]


def masked_plan(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who would be rung, with masked numbers."""
    return [
        {**row, "phone": mask_phone(str(row["phone"] or "")), "because": mask(str(row["because"]))}
        for row in rows
    ]


def _masked(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return mask(value) if isinstance(value, str) else value


def _named(counts: Mapping[str, int], names: Mapping[str, str]) -> list[tuple[str, int]]:
    ordered = [name for name in names if name in counts] + [name for name in counts if name not in names]
    return [(names.get(name, name), counts[name]) for name in ordered]
