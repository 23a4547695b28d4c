"""What people say who are rung: the words of the shipped dialogues, and times from now on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.campaign.dialled import OUTBOUND
from voicebot.campaign.rung import Sayings, SayingsError, as_rung, meant
from voicebot.campaign.survey_script import campaign_script
from voicebot.dialogue import Script
from voicebot.events import Transcript
from voicebot.nlu.understanding import Intent, Slot, Understanding

NOW = datetime(2026, 11, 20, 15, 0)  # a Friday


@pytest.fixture(scope="module")
def script() -> Script:
    return campaign_script(OUTBOUND / "recovery.yaml", OUTBOUND / "frame.yaml")


def understood(text: str, intent: str = "opt_out") -> Understanding:
    """What understanding makes of it, which is wrong."""
    return Understanding(text, (Intent(intent, 0.95),))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("半小时后打给我", "call_back"),
        ("晚上再打", "call_back"),
        ("周末再说", "call_back"),
        ("换个时间吧", "call_back"),
        ("我在开车", "busy"),
        ("特别忙", "busy"),
        ("吃饭呢", "busy"),
        ("晚点再打过来", "busy"),
        ("他不在", "busy"),
        ("你是机器人吧", "robot"),
        ("是真人吗", "robot"),
        ("谁给你的号码", "my_number"),
        ("你们从哪弄到我电话的", "my_number"),
        ("什么事啊", "what_for"),
        ("有事吗", "what_for"),
        ("你们是骗子吧", "doubted"),
        ("我已经付过款了", "already"),
        ("长话短说", "affirm"),
    ],
)
def test_words_of_who_is_rung_stand_in_for_what_was_understood(
    script: Script, text: str, intent: str
) -> None:
    assert meant(understood(text), Sayings.of(script), NOW).intent == intent


@pytest.mark.parametrize(
    "text", ["不要再打了", "别再打给我", "以后别打了", "再打我就投诉", "不用再联系我", "再说一遍", "烦死了"]
)
def test_a_no_stays_a_no(script: Script, text: str) -> None:
    before = understood(text)
    assert meant(before, Sayings.of(script), NOW) is before


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("半小时后打给我", "2026-11-20", "15:30"),
        ("半个小时以后再打", "2026-11-20", "15:30"),
        ("过两个小时再打", "2026-11-20", "17:00"),
        ("一个半小时以后", "2026-11-20", "16:30"),
        ("二十分钟后联系我", "2026-11-20", "15:20"),
        ("一刻钟以后打", "2026-11-20", "15:15"),
        ("十个小时以后打", "2026-11-21", "01:00"),
        ("明天下午三点再打", "2026-11-21", "15:00"),
        ("周末再打", "2026-11-21", None),
        ("周三上午打给我", "2026-11-25", "09:00"),
        ("晚上再打", "2026-11-20", "19:00"),
        ("上午再打", "2026-11-21", "09:00"),
        ("在忙，晚上八点以后打", "2026-11-20", "20:00"),
        ("下班以后再打", "2026-11-20", "18:30"),
    ],
)
def test_a_time_that_is_named_lies_ahead(script: Script, text: str, day: str, clock: str | None) -> None:
    slots = meant(understood(text), Sayings.of(script), NOW).slots
    assert slots["date"].value == day
    assert ("time" in slots and slots["time"].value) == (clock or False)


def test_a_weekday_alone_is_the_next_one(script: Script) -> None:
    past = replace(understood("周三", "inform"), slots={"date": Slot("2026-11-18", "周三")})
    assert meant(past, Sayings.of(script), NOW).slots["date"].value == "2026-11-25"
    other = replace(past, slots={**past.slots, "quantity": Slot(3, "三")})
    assert meant(other, Sayings.of(script), NOW) is other


def test_answers_in_own_words_stay_as_they_are(script: Script) -> None:
    def understand(heard: Transcript, expecting: str | None, known: object) -> Understanding:
        return understood("晚点再打给我才送", "inform")

    heard = as_rung(understand, Sayings.of(script), NOW)
    assert heard(Transcript.of("x"), "anything", ()).intent == "inform"
    assert heard(Transcript.of("x"), "yes_no", ()).intent == "busy"


def test_intents_that_a_dialogue_has_no_flow_for_do_not_count() -> None:
    care = campaign_script(OUTBOUND / "care.yaml", OUTBOUND / "frame.yaml")
    before = understood("我已经付过款了")
    assert meant(before, Sayings.of(care), NOW) is before


@pytest.mark.parametrize(
    ("constants", "says"),
    [
        ({"said": {"busy": "忙("}}, "said.busy: this is no regular expression"),
        ({"said": {"bussy": "忙"}}, "said.bussy: there is no such intent"),
        ({"said": "忙"}, "said: write intent"),
        ({"said": {}, "not_said": "("}, "not_said: this is no regular expression"),
    ],
)
def test_mistakes_are_named(script: Script, constants: dict[str, object], says: str) -> None:
    with pytest.raises(SayingsError, match=says.replace("(", r"\(")):
        Sayings.of(replace(script, constants={**script.constants, **constants}))
