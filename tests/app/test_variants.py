"""Wordings that are tried: chosen for each call, watched, written down, and reported."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from voicebot.actions import Action, Record
from voicebot.app.variants import Variants, Watch
from voicebot.campaign.bandit import Point
from voicebot.dialogue import load_script
from voicebot.errors import VoicebotError
from voicebot.events import HungUp, Woke
from voicebot.outbound.variants import VariantBook, read_points

POINT = Point("parting", ("plain", "warm"), 2)


def variants(path: Path, point: Point = POINT) -> Variants:
    return Variants({point.name: point}, VariantBook.open(path), random.Random(1))


def call(book: VariantBook, name: str, arm: str, *facts: Record) -> None:
    """One call in which this wording was spoken."""
    watch = Watch(name, book, lambda job: job())
    spoken: list[Action] = [Record("variant", {"point": "parting", "variant": arm})]
    watch.happened(Woke(1.0), [*facts, *spoken], None, False)
    watch.happened(HungUp(2.0, "caller"), [], None, False)
    watch.happened(HungUp(2.0, "caller"), [], None, False)


def test_what_came_of_a_call_is_written_down_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "calls" / "variants.jsonl"
    book = VariantBook.open(path)
    call(book, "a", "warm", Record("resolved", {"flow": "x"}), Record("satisfaction", {"score": 5}))
    call(book, "b", "plain", Record("handover", {"to": "service"}))
    call(book, "c", "plain")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(row["call"], row["satisfaction"], row["resolved"]) for row in rows] == [
        ("a", 5, True),
        ("b", None, False),
        ("c", None, None),
    ]
    path.write_text(path.read_text("utf-8") + '{"call": "cut off', "utf-8")
    for arms in (book.arms(POINT), VariantBook.open(path).arms(POINT)):
        assert (arms["warm"].shown, arms["warm"].good) == (1, 1.0)
        assert (arms["plain"].shown, arms["plain"].bad) == (2, 1.0)


def test_each_call_gets_a_wording_and_the_better_one_wins(root: Path, tmp_path: Path) -> None:
    script = load_script(root / "config" / "dialogues" / "hotline.yaml")
    tried = variants(tmp_path / "v.jsonl")
    spoken = []
    for number in range(60):
        arm = tried.varied(script).constants["variants"]["parting"]
        spoken.append(arm)
        call(tried.book, str(number), arm, Record("satisfaction", {"score": 5 if arm == "warm" else 1}))
    assert set(spoken[:4]) == {"plain", "warm"}
    assert Counter(spoken[-20:])["warm"] >= 18


def test_other_scripts_stay_as_they_are(root: Path, tmp_path: Path) -> None:
    script = load_script(root / "config" / "dialogues" / "hotline.yaml")
    plain = replace(script, constants={})
    assert variants(tmp_path / "v.jsonl").varied(plain) is plain


def test_the_shipped_points_are_those_of_the_hotline(root: Path) -> None:
    points = read_points(root / "config" / "variants.yaml")
    script = load_script(root / "config" / "dialogues" / "hotline.yaml")
    assert set(points) == set(script.constants["variants"])
    assert all(script.constants["variants"][name] in point.arms for name, point in points.items())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("parting: {arms: [one]}", "parting.arms"),
        ("parting: {arms: [one, two], least: 0}", "parting.least"),
        ("parting: {arms: [one, two], froze: true}", "parting.froze"),
        ("- parting", "write each point"),
        ("parting: [", "cannot be read"),
    ],
)
def test_mistakes_are_named(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "variants.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(VoicebotError, match=says):
        read_points(path)
    assert read_points(tmp_path / "none.yaml") == {}
