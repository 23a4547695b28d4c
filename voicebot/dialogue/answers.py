"""Answers of the shop, and what became of a transfer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicebot.dialogue import endings
from voicebot.dialogue.run import run
from voicebot.dialogue.said import Answer, HandedOver, HumanFailed
from voicebot.dialogue.step_kinds import Query
from voicebot.dialogue.turn import Turn


def answered(turn: Turn, answer: Answer) -> None:
    """Bind a result and go on; answers that nobody waits for are let go."""
    if answer.query != turn.state.outstanding:
        return
    turn.change(outstanding=None)
    step = turn.step
    assert isinstance(step, Query)
    turn.bind(step.name, {**answer.result, "error": answer.error}, turn.script.queries[step.query].public)
    if answer.error is not None:
        turn.tried(step.query, "出错")
        if step.failed is None:
            endings.trouble(turn, "system")
            return
        turn.move(step.failed)
    else:
        _verify(turn, step, answer.result)
        if step.changes:
            turn.tried(_deed(turn, step), _outcome(answer.result))
        elif (found := _found(answer.result)) is not None:
            turn.tried(_deed(turn, step), found)
        turn.move(step.next)
    run(turn)


def _verify(turn: Turn, step: Query, result: Mapping[str, Any]) -> None:
    field = turn.script.queries[step.query].verifies
    if field is not None and result.get(field) is not True:
        turn.tried("核验身份", "对不上")
    if field is not None and result.get(field) is True and not turn.state.verified:
        turn.change(verified=True)
        turn.record("verified", by=step.query)


def _deed(turn: Turn, step: Query) -> str:
    flow = turn.serving()
    return flow.title if flow and flow.title else step.query


def _outcome(result: Mapping[str, Any]) -> str:
    if result.get("done") is False:
        return f"没有办成：{result.get('why') or '原因不明'}"
    for name in ("number", "ticket_number", "ticket", "reason"):
        if isinstance(result.get(name), str):
            return f"完成 {result[name]}" if name != "reason" else str(result[name])
    return "完成"


def _found(result: Mapping[str, Any]) -> str | None:
    """What a question to the shop came to, where it says that something cannot be."""
    if result.get("allowed") is False and result.get("why") and not result.get("ask"):
        return f"不能办：{result['why']}"
    return None


def handed_over(turn: Turn, _: HandedOver) -> None:
    """A human has the caller; the dialogue is over."""
    turn.change(ended="transferred", transferring=None, stack=(), queue=())
    turn.record("transferred")


def human_failed(turn: Turn, failed: HumanFailed) -> None:
    """No human could be had: the script's own flow offers something else."""
    if turn.state.transferring is None:
        return
    turn.tried("转人工", failed.why)
    turn.change(transferring=None, stack=(), queue=(), failures=0, silences=0, steps=0, last=())
    turn.push("human_failed")
    run(turn)
