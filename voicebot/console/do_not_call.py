"""Who is not to be rung by any campaign: entered by hand or from a register, looked up, taken back; and forgetting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response

from voicebot.campaign.phones import NoNumberError, read_number
from voicebot.console.calls import note
from voicebot.console.campaign_rooms import HERE, office_of
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields, user_of
from voicebot.console.uploads import Sent
from voicebot.errors import VoicebotError
from voicebot.records.masking import mask_phone
from voicebot.web.forms import Form

PAGE = f"{HERE}/do_not_call"
"""No campaign can have this name."""
LATEST = 100
COUNTRIES = {"CN": "中国大陆", "US": "美国"}


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    text: str = ""
    wrong: str = ""


def add_routes(here: APIRouter, desk: Desk) -> None:
    """/do_not_call."""

    @here.get("/do_not_call")
    def listed(request: Request) -> Response:
        return _page(desk, request, Told())

    @here.post("/do_not_call/{what}")
    def changed(request: Request, what: str, form: Fields) -> Response:
        known = {"add": _add, "look": _look, "allow": _allow, "forget": _forget}
        if what not in known:
            raise HTTPException(404, "没有这个操作。")
        try:
            return _page(desk, request, Told(known[what](desk, request, form)))
        except VoicebotError as error:
            return _page(desk, request, Told(wrong=str(error)), 400)


def _page(desk: Desk, request: Request, told: Told, status: int = 200) -> Response:
    campaigns = office_of(desk).campaigns("")
    count, latest = campaigns.barred(LATEST)
    rows = [(mask_phone(phone), source, at) for phone, source, at in latest]
    changes = campaigns.changes("")[-20:][::-1]
    return page(
        request,
        "do_not_call.html",
        status,
        told=told,
        count=count,
        rows=rows,
        changes=changes,
        here=PAGE,
        countries=COUNTRIES,
    )


def _add(desk: Desk, request: Request, form: Form) -> str:
    source = form.get("source", "").strip()
    if not source:
        raise VoicebotError("请写明是在哪里说的，比如来信、投诉、登记名册。")
    sent: Sent | None = dict(getattr(request.state, "files", {})).get("register")
    lines = form.get("numbers", "").splitlines() + ([] if sent is None else _lines(sent))
    numbers = _numbers(lines, form.get("country", "CN"))
    if not numbers:
        raise VoicebotError("请写号码，一行一个，或者选择名册文件。")
    added = office_of(desk).campaigns(user_of(request).name).opt_out(numbers, source)
    about = mask_phone(numbers[0]) if len(numbers) == 1 else f"{len(numbers)} numbers"
    note(desk, request, "do_not_call", about, f"add: {source}")
    return f"{len(numbers)}个号码里新登记了{added}个，所有活动立即不再拨打。"


def _look(desk: Desk, request: Request, form: Form) -> str:
    (number,) = _numbers([form.get("number", "")], form.get("country", "CN")) or [""]
    source = office_of(desk).campaigns("").barred_by(number)
    note(desk, request, "do_not_call", mask_phone(number), "look")
    where = f"在名单里，来源：{source}" if source else "不在名单里"
    return f"{mask_phone(number)}{where}。"


def _allow(desk: Desk, request: Request, form: Form) -> str:
    why = form.get("why", "").strip()
    if not why:
        raise VoicebotError("请写明本人是怎样要求恢复来电的。")
    (number,) = _numbers([form.get("number", "")], form.get("country", "CN")) or [""]
    removed = office_of(desk).campaigns(user_of(request).name).allow_again(number, why)
    note(desk, request, "do_not_call", mask_phone(number), f"allow: {why}")
    return f"{mask_phone(number)}{'已经移出名单' if removed else '本来就不在名单里'}。"


def _forget(desk: Desk, request: Request, _: Form) -> str:
    removed = office_of(desk).forget(user_of(request).name)
    counts = ", ".join(f"{count} {name}" for name, count in removed.items())
    note(desk, request, "purge", "campaigns", counts)
    return f"已清除{removed['calls']}通到期通话的内容、{removed['recordings']}份录音和{removed['consents']}份同意证明。"


def _lines(sent: Sent) -> list[str]:
    try:
        return sent.data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise VoicebotError(f"{sent.name} 要存成 UTF-8 的文本，一行一个号码。") from error


def _numbers(lines: Sequence[str], country: str) -> list[str]:
    """Every number, or none: a line that is no number is named."""
    found = []
    for place, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(read_number(line.strip(), country if country in COUNTRIES else "CN").e164)
            except NoNumberError as error:
                raise VoicebotError(f"第{place}行：{error}。名单没有改动。") from None
    if not found and len(lines) == 1:
        raise VoicebotError("请写号码。")
    return found
