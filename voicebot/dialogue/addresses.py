"""An address of which a part is said anew: 不对，是珞喻路89号 keeps the town, the house and the room.

An address is read as a row of parts, each with its unit: 武汉市 洪山区 珞喻路 88号 3栋 201. A part that is said
anew takes the place of the one with the same unit; what stood after another road with a house of its own is left out.
"""

from __future__ import annotations

import re

from voicebot.dialogue.second_thoughts import instead
from voicebot.nlu.normalize import normalize
from voicebot.nlu.numbers import parse_number

_UNITS = "自治区|省|市|区|县|镇|乡|街道|大道|大街|胡同|路|街|道|巷|弄|里|村|小区|花园|号楼|号|栋|幢|座|楼|单元|层|室|房"
_PART = re.compile(rf"(.+?)({_UNITS})|(.+)$")
_ROADS = frozenset({"路", "街", "大道", "大街", "胡同", "道", "巷", "弄", "村", "小区", "花园"})
_ROOMS = frozenset({"室", "房"})
_SPOKEN = re.compile("[零〇一二两三四五六七八九十百千幺]+(?=号楼|号|栋|幢|座|楼|单元|层|室|房|$)")
_NAMES = re.compile(
    "^(?:的?(?:门牌|楼|房间?|单元|街道?|路名?|地址)号?码?|应该|应当|就|改成|换成|改为|改到|写成|是|为|成|在|到)+"
)
_NOT_THIS = re.compile("^不是[^，, ]*[，, ]+(?=是|应该)")
_AROUND = "，,。.！!？? 吧啊呀的哦呢"


_PLACE = re.compile(f"{_UNITS}|楼|厦|园|广场|学校|大学|医院|酒店|宿舍|驿站")


def is_address(text: str) -> bool:
    """Does it name a place, as far as can be told?"""
    return len(text) >= LEAST and bool(_PLACE.search(text))


LEAST = 4
"""So many characters an address has at least."""


_TO = re.compile("^(?:嗯|那|就|请|帮我|给我|把?地址|[，, ])*(?:[改换寄送发]|写|配送)(?:到|成|为|去)(?:了)?")
_AFTER = re.compile("[，, ]?(?:收[货件]人|联系人|电话|手机号?)(?:是|为|叫|写)?.*$|[吧啊呀了的]*[。！!]?$")


def plain_address(text: str) -> str:
    """An address without what is said around it: 改到…吧, 收件人王五."""
    return _AFTER.sub("", _TO.sub("", text.strip())).strip("，, ") or text


def _digits(text: str) -> str:
    """Numbers of houses and rooms as they are written: 十二号 is 12号."""

    def written(match: re.Match[str]) -> str:
        value = parse_number(match[0])
        return match[0] if value is None or value != int(value) else str(int(value))

    return _SPOKEN.sub(written, text)


def _parts(address: str) -> list[tuple[str, str]]:
    """Each part's name and unit; what has no unit (a room, a firm) stands last, with none."""
    return [(match[1] or match[3], match[2] or "") for match in _PART.finditer(address)]


def mended(address: str, text: str) -> str | None:
    """The address with the parts that are said anew, or None where the text says none or a whole other address."""
    rest = _NOT_THIS.sub("", instead(text)).strip(_AROUND)
    said = _NAMES.sub("", _digits(normalize(rest))).strip(_AROUND)
    new, old = _parts(said), _parts(address)
    if not said or not all(unit or name.isdigit() for name, unit in new):
        return None
    units = [unit for _, unit in old]
    anew = {"" if unit in _ROOMS and unit not in units else unit: name for name, unit in new}
    if len(new) >= len(old) or not anew.keys() <= set(units):
        return None
    roads = any(anew.get(unit, name) != name for name, unit in old if unit in _ROADS)
    moved = roads and any(name.isdigit() for name in anew.values())
    last = max(place for place, unit in enumerate(units) if unit in anew) if moved else len(old) - 1
    result = "".join(f"{anew.get(unit, name)}{unit}" for name, unit in old[: last + 1])
    return result if result != address else None
