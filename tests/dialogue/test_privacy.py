"""Nothing private before verification: by proof at load, and by a guard when it is spoken."""

from __future__ import annotations

from datetime import datetime

import pytest
import yaml

from voicebot.actions import Look, Transfer
from voicebot.dialogue import Answer, Began, ScriptError, begin, load, parse_script, step
from voicebot.dialogue.vocabulary import REQUIRED_WORDS

WORDS = yaml.safe_dump({"words": dict.fromkeys(REQUIRED_WORDS, "x")}, allow_unicode=True)
FRAME = """
queries:
  prove: {takes: [], gives: [ok, customer], public: [ok, customer.title], verifies: ok}
  order: {takes: [], gives: [status, items]}
  cancel: {changes: true, takes: [], gives: [done]}
slots:
  why: {free: true}
flows:
  closing:
    steps: [{listen: 还有吗}]
  human_failed:
    steps: [done]
  prove_it:
    steps:
      - {look: prove, as: check}
      - if: not check.ok
        then: [{transfer: service}]
      - done
  other:
    intents: [invoice]
    title: 开发票
    steps:
      - ask: why
        say: 为什么
      - call: prove_it
      - done
  opening:
    steps:
"""


def loads(steps: str) -> bool:
    lines = "\n".join(f"      {line}" for line in steps.strip().splitlines())
    try:
        parse_script(WORDS + FRAME + lines)
    except ScriptError as error:
        reasons = [problem.reason for problem in error.problems]
    else:
        return True
    assert all("private" in reason or "needs" in reason for reason in reasons), reasons
    return False


@pytest.mark.parametrize(
    ("safe", "steps"),
    [
        (False, "- {look: order, as: o}\n- say: '{o.status}'\n- done"),
        (True, "- {look: order, as: o}\n- call: prove_it\n- say: '{o.status}'\n- done"),
        (True, "- {look: prove, as: check}\n- say: '{check.customer.title}'\n- done"),
        (False, "- {look: prove, as: check}\n- say: '{check.customer.name}'\n- done"),
        (False, "- {look: prove, as: check}\n- say: '{check.customer}'\n- done"),
        (False, "- {look: order, as: o}\n- set: {copy: o.status}\n- say: '{copy}'\n- done"),
        (False, "- {look: order, as: o}\n- set: {why: o.status}\n- say: '{why}'\n- done"),
        (
            True,
            "- call: prove_it\n- {look: order, as: o}\n- set: {why: o.status}\n- go: end\n- label: end\n- done",
        ),
        (False, "- {look: order, as: o}\n- if: verified or o.status\n  then: [{say: '{o.status}'}]\n- done"),
        (True, "- {look: order, as: o}\n- if: verified and o.status\n  then: [{say: '{o.status}'}]\n- done"),
        (True, "- {look: order, as: o}\n- if: not verified\n  then: [done]\n- say: '{o.status}'\n- done"),
        (False, "- {look: order, as: o}\n- if: verified\n  then: []\n- say: '{o.status}'\n- done"),
        (
            False,
            "- {look: order, as: o}\n- choose: x\n  from: o.items\n  show: '{option.a}'\n  say: 选\n- done",
        ),
        (False, "- {look: order, as: o}\n- confirm: 是{o.status}吗\n- done"),
        (False, "- {look: order, as: o}\n- ask: why\n  say: 为什么\n  no_input: 还是{o.status}\n- done"),
        (False, "- {look: order, as: o}\n- {hangup: x, say: '{o.status}'}"),
        (False, "- call: prove_it\n- {do: cancel}\n- done"),
        (False, "- confirm: 好吗\n  no: [done]\n- {do: cancel}\n- done"),
        (True, "- call: prove_it\n- confirm: 好吗\n  no: [done]\n- {do: cancel}\n- done"),
        (False, "- call: prove_it\n- confirm: 好吗\n- {do: cancel}\n- done"),
        (False, "- call: prove_it\n- confirm: 好吗\n  no: [done]\n- {do: cancel}\n- {do: cancel}\n- done"),
        (
            False,
            "- call: prove_it\n- confirm: 好吗\n  no: [done]\n- ask: why\n  say: 啊\n- {do: cancel}\n- done",
        ),
    ],
)
def test_the_proof(safe, steps):
    assert loads(steps) is safe


def test_the_guard_speaks_nothing_even_when_the_proof_was_not_made(monkeypatch):
    monkeypatch.setattr(load, "check", lambda *_: None)
    lines = "      - {look: order, as: o}\n      - say: 到{o.status}了\n      - done\n"
    script = parse_script(WORDS + FRAME + lines)
    state, reply = step(script, begin(script), Began(None, datetime(2026, 11, 20), "test"))
    (query,) = [wish.query for wish in reply.actions if isinstance(wish, Look)]
    state, reply = step(script, state, Answer(query, {"status": "杭州", "items": []}))
    assert "杭州" not in reply.text
    assert any(isinstance(wish, Transfer) for wish in reply.actions)
