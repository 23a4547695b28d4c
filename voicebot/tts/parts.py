"""A spoken text cut into parts that are made, kept and played one after the other.

Cuts are made where a speaker may pause: at the ends of sentences and clauses, and where wording has put U+2063
(INVISIBLE SEPARATOR), as in "您的订单\\u2063尾号四二幺七，\\u2063已经到杭州。" to set what varies apart from
what is said to everybody. A list (、) is not cut. The first part is kept short, because the caller waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voicebot.tts.reading import BORDER

SENTENCE_PAUSE_MS = 320
CLAUSE_PAUSE_MS = 150
BORDER_PAUSE_MS = 20
LONGEST = 40
"""Syllables; a longer part is cut at a list comma, a short pause, or anywhere."""
OPENING = 10
"""Syllables that a first part may have where it can be cut."""

_PIECE = re.compile(rf"[^，。！？；：{BORDER}]+[，。！？；：{BORDER}]*")
_CLOSING = {"！": "。", "；": "。", "：": "，", "？": "？", "。": "。", "，": "，"}
_JOINT = re.compile(
    r"(?=已经|正在|将于|将在|将会|会在|预计|可以|需要|目前|现在|请您|由您|是否|支持|属于|还没有|没有|都是|以及|如果|或者|并且)"
    r"|(?<=[一二三四五六七八九十]号)(?![一-龥]?[码线])|(?<=点)(?=前|之前)|(?<=的)(?=[订快包商退退问])"
)
_DIGIT_RUN = re.compile(
    r"[零幺一二三四五六七八九](?: ?[零幺一二三四五六七八九]){2,}(?!年|[零幺一二三四五六七八九])"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `text` ends with ， 。 or ？; `pause_ms` of silence follow it.

    `passing` says that it names something of one caller (a run of three or more single digits, such as a
    telephone number), which is worth no place on a disk.
    """

    text: str
    pause_ms: int
    passing: bool


def split(spoken: str) -> list[Part]:
    """The parts of a spoken text (as `reading.read` gives it); nothing follows the last one."""
    pieces = list(_merged(_PIECE.findall(spoken)))
    pieces = _opened(pieces) + [cut for piece in pieces[1:] for cut in _bounded(piece)]
    parts = [_part(piece) for piece in pieces if syllables(piece)]
    if parts:
        parts[-1] = Part(parts[-1].text, 0, parts[-1].passing)
    return parts


def syllables(text: str) -> int:
    """About how many syllables are spoken: characters, capital letters, and two for each other Latin word."""
    latin = sum(len(word) if word.isupper() else 2 for word in re.findall(r"[A-Za-z]+", text))
    return latin + len(re.findall(r"[\u3400-\u9fff]", text))


def _merged(pieces: list[str]) -> Iterator[str]:
    """A clause of a single syllable goes with the one after it."""
    waiting = ""
    for piece in pieces:
        waiting += piece
        if syllables(waiting) > 1 or piece[-1] in f"。！？{BORDER}":
            yield waiting
            waiting = ""
    if waiting:
        yield waiting


def _opened(pieces: list[str]) -> list[str]:
    """The first piece, if it is long, cut at the last joint within OPENING syllables, or the next one."""
    if not pieces:
        return []
    first = pieces[0]
    if syllables(first) <= OPENING + 2:
        return [first]
    places = [found.start() for found in _JOINT.finditer(first)]
    sizes = [syllables(first[:place]) for place in places]
    fitting = [place for place, size in zip(places, sizes, strict=True) if 4 <= size <= OPENING]
    late = [place for place, size in zip(places, sizes, strict=True) if OPENING < size <= 2 * OPENING]
    place = (fitting[-1:] or late[:1] or [len(first)])[0]
    if syllables(first[place:]) < 3:
        return list(_bounded(first))
    return [first[:place] + BORDER, *_bounded(first[place:])]


def _bounded(piece: str) -> Iterator[str]:
    while syllables(piece) > LONGEST:
        head = piece[:LONGEST]
        place = max(head.rfind("、"), head.rfind(" ")) + 1 or LONGEST
        yield piece[:place].rstrip("、 ") + BORDER
        piece = piece[place:]
    yield piece


def _part(piece: str) -> Part:
    body = piece.rstrip("，。！？；：、 " + BORDER)
    marks = [_CLOSING[mark] for mark in piece[len(body) :] if mark in _CLOSING]
    closing = next((mark for mark in marks if mark != "，"), "，") if marks else "，"
    pause = BORDER_PAUSE_MS if not marks else CLAUSE_PAUSE_MS if closing == "，" else SENTENCE_PAUSE_MS
    text = body.strip().replace("！", "。").replace(BORDER, "") + closing
    return Part(text, pause, _DIGIT_RUN.search(body) is not None)
