"""The fold itself: loops, digressions, what is kept and what is said again; and a survey as another script."""

from __future__ import annotations

from datetime import datetime

import pytest
import yaml

from voicebot.actions import Do, HangUp, Look, Transfer
from voicebot.dialogue import Answer, Began, Keyed, Spoke, begin, parse_script, step
from voicebot.dialogue.vocabulary import REQUIRED_WORDS
from voicebot.errors import VoicebotError
from voicebot.nlu.understanding import Intent, Slot, Understanding

NOW = datetime(2026, 11, 20, 15, 0)
WORDS = yaml.safe_dump({"words": dict.fromkeys(REQUIRED_WORDS, "词")}, allow_unicode=True)
ENDS = """
  closing:
    steps: [{listen: 还有吗}]
  human_failed:
    steps: [done]
"""
LOOP = """
queries:
  tick: {takes: [], gives: [never]}
flows:
  opening:
    steps:
      - label: again
      - {look: tick, as: tock}
      - if: tock.never
        then: [done]
      - go: again
"""
SURVEY = """
constants:
  contact: {title: 您}
queries:
  record_satisfaction: {changes: true, takes: [score], gives: [done], confirmed: false, verified: false}
slots:
  rating: {title: 评分}
flows:
  opening:
    steps:
      - say: 您好，{contact.title}。
      - confirm: 方便做个回访吗？
        no: bye
      - ask: rating
        say: 请打一到五分。
        expecting: rating
        keys: {min: 1, max: 1}
        valid: it >= 1 and it <= 5
        otherwise: bye
      - {do: record_satisfaction, with: {score: rating}, as: noted}
      - label: bye
      - {hangup: done, say: 再见。}
"""


def said(intent: str, **slots: int) -> Spoke:
    found = {name: Slot(value, str(value)) for name, value in slots.items()}
    return Spoke(Understanding("话", (Intent(intent, 0.9),), found))


def test_a_loop_over_the_shop_is_found_apologised_for_and_handed_over():
    script = parse_script(WORDS + LOOP + ENDS)
    state, reply = step(script, begin(script), Began(None, NOW, "test"))
    for _ in range(script.settings.max_steps):
        asked = [wish for wish in reply.actions if isinstance(wish, Look)]
        if not asked:
            break
        state, reply = step(script, state, Answer(asked[0].query, {"never": False}))
    assert any(isinstance(wish, Transfer) for wish in reply.actions)
    assert reply.speech


def test_a_loop_within_one_turn_is_found_too():
    text = LOOP.replace("- {look: tick, as: tock}", "- set: {tock: 0}").replace("tock.never", "tock")
    script = parse_script(WORDS + text + ENDS)
    state, _ = step(script, begin(script), Began(None, NOW, "test"))
    assert state.transferring == "service"


def test_a_survey_is_another_script():
    script = parse_script(WORDS + SURVEY + ENDS)
    state, reply = step(
        script, begin(script, "c1", {"contact": {"title": "王女士"}}), Began(None, NOW, "test")
    )
    assert reply.text == "您好，王女士。方便做个回访吗？"
    state, reply = step(script, state, said("affirm"))
    assert reply.expecting == "rating"
    state, reply = step(script, state, said("out_of_scope", rating=9))
    assert "请打一到五分" in reply.text
    assert not reply.matched
    state, reply = step(script, state, Keyed("4"))
    (deed,) = [wish for wish in reply.actions if isinstance(wish, Do)]
    assert deed.arguments == {"score": 4}
    assert deed.key.startswith("c1/record_satisfaction/")
    state, reply = step(script, state, Answer(deed.query, {"done": True}))
    assert any(isinstance(wish, HangUp) for wish in reply.actions)
    assert state.ended == "ended"


def test_what_a_script_does_not_declare_cannot_be_given():
    script = parse_script(WORDS + SURVEY + ENDS)
    with pytest.raises(VoicebotError, match="contract"):
        begin(script, "c1", {"contract": 1})


def test_too_many_failures_go_where_the_script_says():
    script = parse_script(WORDS + SURVEY + ENDS)
    state, _ = step(script, begin(script), Began(None, NOW, "test"))
    state, _ = step(script, state, said("affirm"))
    state, _ = step(script, state, said("out_of_scope"))
    state, reply = step(script, state, said("out_of_scope"))
    assert "再见" in reply.text


def test_the_wish_that_is_being_served_is_not_begun_again(known):
    known("我的订单到哪了")
    depth = len(known.state.stack)
    known("我的订单到哪了").expect("四位")
    assert len(known.state.stack) == depth


def test_a_digression_to_another_order_leaves_the_first_one_alone(known):
    known("我要退咖啡机")
    known("8866").expect("原因")
    known("查订单261101007788").expect("电饭煲", "已签收", "刚才说到退货")
    known("坏了")
    known("上门").expect("退咖啡机")
    known("好")
    assert known.shop.done[0][1]["order_number"] == "261118004217"


def test_repeat_says_everything_since_the_caller_spoke(talk):
    talk("转人工")
    talk.busy().expect("没有接通", "回电")
    talk("再说一遍").expect("没有接通", "回电")


def test_the_story_has_no_transcript_and_names_what_was_tried(known):
    known("我的订单到哪了")
    known("8866")
    known("是")
    known("转人工")
    story = known.transfer()
    assert story["who"] == {
        "caller": "13812348866",
        "customer_id": 7,
        "name": "李静",
        "tier": "金卡",
        "verified": True,
    }
    assert {"what": "查订单", "outcome": "已解决"} in story["tried"]
    assert story["slots"]["order_number"] == "261118004217"
    assert "transcript" not in story
    assert story["spoken"].startswith("尾号8866的李女士，已核验，想查订单")
    assert "尾号4217" in story["spoken"]


def test_facts_are_recorded(known):
    kinds: list[str] = []

    def note() -> None:
        kinds.extend(wish.kind for wish in known.wishes if type(wish).__name__ == "Record")

    for text in ("我的订单到哪了", "8866", "是", "转人工"):
        known(text)
        note()
    known.taken()
    note()
    assert kinds == ["verified", "resolved", "handover", "transferred"]
