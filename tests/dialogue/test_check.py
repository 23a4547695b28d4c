"""What is wrong with a script is told when it is loaded, all at once, by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from voicebot.dialogue import ScriptError, load_script, parse_script
from voicebot.dialogue.vocabulary import REQUIRED_WORDS
from voicebot.errors import VoicebotError

WORDS = yaml.safe_dump({"words": dict.fromkeys(REQUIRED_WORDS, "x")}, allow_unicode=True)
GOOD = """
queries:
  verify_caller: {takes: [tail_number], gives: [verified, customer], public: [verified], verifies: verified}
  order: {takes: [], may: [order_number], gives: [status, found], public: [found]}
  cancel: {changes: true, takes: [], gives: [done]}
slots:
  tail: {from: tail_number}
flows:
  opening:
    steps:
      - listen: 您好
  closing:
    steps:
      - listen: 还有吗
        on: {deny: [{hangup: done, say: 再见}]}
  human_failed:
    steps: [{say: 没人}, done]
  status:
    intents: [order_status]
    title: 查订单
    steps:
      - ask: tail
        say: 后四位
      - {look: verify_caller, with: {tail_number: tail}, as: check}
      - if: not check.verified
        then: [{transfer: service}]
      - {look: order, as: order}
      - say: "{order.status}"
      - confirm: 取消吗
        no: [done]
      - {do: cancel}
      - done: resolved
"""


def problems(text: str) -> str:
    with pytest.raises(ScriptError) as caught:
        parse_script(WORDS + text, "my.yaml")
    return str(caught.value)


def test_the_example_is_right():
    script = parse_script(WORDS + GOOD)
    assert script.intents == {"order_status": "status"}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("- done: resolved", "- go: nowhere", "no label 'nowhere'"),
        ("- done: resolved", "- call: nowhere", "unknown flow 'nowhere'"),
        ("- done: resolved", "- say: 好了", "falls off its end"),
        ("- done: resolved", "- {done: well}", "resolved, failed or nothing"),
        ("- done: resolved", "- done\n      - say: 再说", "cannot be reached"),
        ("- done: resolved", "- label: round\n      - say: 转\n      - go: round", "dead end"),
        ("- done: resolved", "- call: status\n      - done", "calls itself"),
        ("- ask: tail", "- ask: head", "unknown slot 'head'"),
        ("- ask: tail", "- ask: tail\n        expecting: tale", "unknown expecting 'tale'"),
        ("- ask: tail", "- ask: tail\n        excepting: digits", "has no 'excepting'"),
        ("- ask: tail", "- ask: tail\n        keys: {min: 9, max: 2}", "in order"),
        ("- ask: tail", "- ask: tail\n        valid: it ==", "not an expression"),
        ("tail: {from: tail_number}", "tail: {from: tail_number}\n  extra: {}", "extra is never used"),
        (
            "tail: {from: tail_number}",
            "tail: {from: tail_number, drops: [ghost]}",
            "'ghost', which nothing binds",
        ),
        ("{order.status}", "{order.stauts}", "no 'stauts'"),
        ("{order.status}", "{oder.status}", "unknown name 'oder'"),
        ("{order.status}", "{order.status|loud}", "unknown filter 'loud'"),
        ("{order.status}", "{order.status", "brace"),
        ("intents: [order_status]", "intents: [ordre_status]", "unknown intent 'ordre_status'"),
        ("intents: [order_status]", "intents: [repeat]", "answered everywhere"),
        ("intents: [order_status]", "open_only: false", "nothing starts the flow status"),
        ("    title: 查订单\n", "", "needs a title"),
        ("look: order,", "look: ordre,", "unknown query 'ordre'"),
        ("look: order,", "do: order,", "is a look"),
        ("with: {tail_number: tail}", "with: {tail: tail}", "takes no 'tail'"),
        ("with: {tail_number: tail}, ", "", "needs tail_number"),
        ("if: not check.verified", "if: check.verified == 3", "order.status is private"),
        ("if: not check.verified", "if: check.verified == 3", "cancel needs a verified caller"),
        ("      - confirm: 取消吗\n        no: [done]\n", "", "needs the yes of a confirm"),
        ("  human_failed:", "  human_fails:", "there must be a flow human_failed"),
        ("[{say: 没人}, done]", "[{shout: 没人}, done]", "not a step"),
        ("[{say: 没人}, done]", "[{say: 没人, go: x}, done]", "the step go has no 'say'"),
        ("[{say: 没人}, done]", "[{say: 5}, done]", "must be text"),
        ("[{say: 没人}, done]", "5", "needs a list of steps"),
        ("verifies: verified", "verifys: verified", "has no 'verifys'"),
        ("public: [found]", "public: [lost]", "does not give it"),
        ("slots:", "moods:\n  grumpy: {say: x}\nslots:", "unknown mood 'grumpy'"),
        ("slots:", "moods:\n  angry: {offer: tea}\nslots:", "unknown flow 'tea'"),
        ("slots:", "settings: {act: high}\nslots:", "act must be a number"),
        ("slots:", "settings: {speed: 3}\nslots:", "has no 'speed'"),
        ("slots:", "slot:", "a script has no 'slot'"),
        ("say: 后四位", "say: 后四位\n        say: 尾号", "'say' is here twice"),
    ],
)
def test_each_mistake_has_its_line_and_reason(old, new, reason):
    assert old in GOOD
    told = problems(GOOD.replace(old, new, 1))
    assert reason in told
    assert "my.yaml:" in told or "there must be" in told


def test_all_mistakes_are_told_at_once_in_order():
    broken = GOOD.replace("- ask: tail", "- ask: head").replace("- done: resolved", "- go: nowhere")
    told = problems(broken)
    assert told.index("unknown slot") < told.index("no label")


def test_the_line_is_the_line():
    text = WORDS + GOOD.replace("{order.status}", "{oder.status}")
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if "oder" in line)
    assert f"my.yaml:{line}: unknown name 'oder'" in problems(GOOD.replace("{order.status}", "{oder.status}"))


@pytest.mark.parametrize("text", ["a: [", "- a\n- b", "5", "a: b: c"])
def test_what_is_not_a_script_is_one_problem(text):
    with pytest.raises(ScriptError) as caught:
        parse_script(text, "my.yaml")
    assert len(caught.value.problems) == 1
    assert "my.yaml:1" in str(caught.value)


def test_missing_files_are_named(tmp_path: Path):
    with pytest.raises(VoicebotError, match="cannot be read: No such file"):
        load_script(tmp_path / "none.yaml")
    (tmp_path / "main.yaml").write_text(f"include: other.yaml\n{WORDS}{GOOD}", "utf-8")
    with pytest.raises(ScriptError, match=r"other\.yaml:1: this included file cannot be read"):
        load_script(tmp_path / "main.yaml")
    (tmp_path / "other.yaml").write_text("constants: {shop: {name: 小店}}", "utf-8")
    script = load_script(tmp_path / "main.yaml", constants={"shop": {"city": "杭州"}})
    assert script.constants == {"shop": {"name": "小店", "city": "杭州"}}


def test_the_hotline_serves_every_intent(hotline):
    from voicebot.dialogue.vocabulary import BUILT_IN_INTENTS, INTENTS

    assert set(hotline.intents) | BUILT_IN_INTENTS == INTENTS
