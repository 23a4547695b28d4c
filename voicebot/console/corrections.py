"""Turns that were understood wrongly: marked with what they should have been, learned from, exported as fixtures."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from voicebot.console.desk import Desk
from voicebot.console.training_office import TrainingOffice
from voicebot.console.words import INTENTS
from voicebot.errors import VoicebotError
from voicebot.nlu.extra import as_files
from voicebot.records.archive import Correction
from voicebot.records.lessons import Lesson, Marked
from voicebot.records.masking import mask
from voicebot.records.users import User

LONGEST = 500
MOST_SLOTS = 10
_SLOT = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Right:
    """What a turn should have been; what is empty was right."""

    text: str = ""
    intent: str = ""
    remark: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)


def slots_of(text: str) -> dict[str, str]:
    """Slots as a form has them, one a line: order_number: 261100000000. Raises VoicebotError for what is none."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = line.replace("：", ":").partition(":")
        if not colon or not value.strip():
            raise VoicebotError("信息每行写一项，像这样：order_number: 261100000000")
        found[name.strip()] = value.strip()
    return found


def mark(desk: Desk, user: User, call: int, turn: int, right: Right) -> None:
    """Mark a turn as wrong. Raises VoicebotError when nothing is said about it, or there is no such turn."""
    if right.intent and right.intent not in INTENTS:
        raise VoicebotError("没有这个意图")
    if len(right.slots) > MOST_SLOTS or not all(_SLOT.fullmatch(name) for name in right.slots):
        raise VoicebotError(f"最多{MOST_SLOTS}项信息，名称只能用小写字母和下划线")
    if not (right.text or right.intent or right.remark or right.slots):
        raise VoicebotError("请写下正确的内容、意图、信息或说明")
    slots = {name: value[:LONGEST] for name, value in right.slots.items()}
    made = Correction(
        user.name, desk.now(), right.text[:LONGEST], right.intent, right.remark[:LONGEST], slots
    )
    desk.memory.archive.correct(call, turn, made)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A marked turn as it is shown, masked; `sentence` and `intent` are what would be learned from it."""

    number: int
    call: int
    turn: int
    heard: str
    understood: str
    text: str
    slots: Mapping[str, str]
    remark: str
    by: str
    at: str
    sentence: str
    intent: str


def waiting(desk: Desk, office: TrainingOffice, most: int = 50) -> list[Waiting]:
    """Marked turns of callers that nobody has decided about, the newest first."""
    marked = [one for one in office.lessons.marked() if one.turn.who == "caller"]
    return [_shown(desk, office, one) for one in marked[:most]]


def _shown(desk: Desk, office: TrainingOffice, one: Marked) -> Waiting:
    whole = desk.memory.archive.call(one.call)
    known = whole.known if whole is not None else ()
    right, intent = one.right, one.right.intent or one.turn.intent
    return Waiting(
        one.number,
        one.call,
        one.turn.number,
        mask(one.turn.text, known),
        one.turn.intent,
        mask(right.text, known),
        {name: mask(value, known) for name, value in right.slots.items()},
        mask(right.remark, known),
        right.by,
        f"{right.at:%Y-%m-%d %H:%M}",
        _sentence(office, right.text or one.turn.text, known),
        intent if intent in office.intents else "",
    )


def _sentence(office: TrainingOffice, text: str, known: tuple[str, ...]) -> str:
    """What could be learned; where it would hold something private, what is masked is to be rewritten by hand."""
    masked = mask(text, known)
    try:
        return office.plain(text if masked == text else masked)
    except VoicebotError:
        return masked


def learned_files(lessons: Iterable[Lesson]) -> bytes:
    """Lessons as the grammar files that they would be: a ZIP of INTENT/learned.yaml."""
    told = ((one.intent, one.text) for one in lessons)
    return zipped({name: text.encode() for name, text in as_files(told).items()})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP file with these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def fixture_file(office: TrainingOffice, call: int, turn: int) -> tuple[str, bytes]:
    """A marked turn as a ZIP of its fixture's two files, and the ZIP's name. Raises VoicebotError."""
    made = office.fixture(call, turn)
    files = {f"{made.name}.wav": made.wav, f"{made.name}.yaml": made.script.encode()}
    return f"{made.name}.zip", zipped(files)
