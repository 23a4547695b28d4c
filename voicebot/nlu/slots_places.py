"""Who and where: names of persons and postal addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from voicebot.nlu.features import words
from voicebot.nlu.numbers import find_numbers
from voicebot.nlu.pinyin import NameIndex, syllables
from voicebot.nlu.understanding import Slot
from voicebot.nlu.words import FOLDER, read_words, strings

_HAN = r"\u3400-\u9fff"
_CUE = re.compile(
    "(?:(?:收货|收件|寄件|取件|新|家庭|公司|安装)?(?:地址|住址|地方)(?:给我|帮我)?(?:改|换|写|填|变|更新)?(?:一下)?(?:成|为|到|是|在|:|,)*"
    "|(?:改|换|寄|送|发|邮|配送|搬|转|投|放)(?:送|寄|发|货|过去|家)?(?:到|去|往|至|成|在)|住在?|我(?:人|家)?(?:现在)?在|家在|位于|我家)(?:我家|我们|那个)?"
)
_SUFFIX = (
    "自治区|自治州|特别行政区|街道|大道|胡同|小区|社区|花园|公寓|大厦|广场|号院|号楼|单元|大学|学院|中学|小学|学校|医院|园区|科技园|工业园"
    "|产业园|软件园|菜鸟驿站|驿站|家园|新村|国际|中心|写字楼|宿舍|家属院|开发区|新区|工业区|经开区|高新区|[省市区县旗镇乡村路街道巷弄号栋幢座层楼室房户门苑城湾庭府里园寓阁轩馆湖]"
)
_STOP = (
    "[我你您他她的了吗呢吧嘛啊哦请帮要想能会这那哪怎谁,。?!:…和跟或给把被就还]"
    "|可以|不|快递|发货|订单|谢谢|收到|什么|改成|电话|手机|名字|收件|退|换"
)
_COMPONENT = re.compile(rf"(?:(?!{_STOP})[{_HAN}A-Za-z0-9\-]){{1,10}}?(?:{_SUFFIX})(?![由边上])")
_DETAIL = re.compile(
    "[区县旗镇乡村路街道巷弄号栋幢座层楼室苑城庭府园]|小区|花园|公寓|大厦|广场|大学|学院|医院|中心|家园"
)
_NUMBERED = re.compile("号楼|号院|[号栋幢座层楼室房户弄门巷]|单元|期|$")
_ROOM = re.compile(r"(?:[\d零一二三四五六七八九幺两]{2,4})(?![\d块元个件天号])")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The known provinces and cities, and the surnames with how they are spelled aloud."""

    place: re.Pattern[str]
    surname: str
    spelled: dict[str, str]
    not_names: tuple[str, ...]
    towns: tuple[str, ...] = ()
    sounds: NameIndex | None = None

    @staticmethod
    def load(folder: Path = FOLDER) -> Places:
        """places.yaml and surnames.yaml of `folder`."""
        towns, people = read_words("places", folder), read_words("surnames", folder)
        provinces, cities = str(towns.get("provinces", "")).split(), str(towns.get("cities", "")).split()
        region = "(?:省|市|自治区|壮族自治区|维吾尔自治区|回族自治区)?"
        place = f"(?:(?:{_either(provinces)}){region})?(?:(?:{_either(cities)})市?)?"
        surname = f"(?:{_either(strings(people.get('compound', []), 'surnames.yaml: compound'))}"
        surname += f"|[{''.join(str(people.get('surnames', '')).split())}])"
        return Places(
            re.compile(f"(?={_either(provinces + cities)}){place}"),
            surname,
            {str(said): str(name) for said, name in (people.get("spelled") or {}).items()},
            strings(people.get("not_names", []), "surnames.yaml: not_names"),
            tuple(provinces + cities),
            NameIndex(provinces + cities),
        )


def _either(words: list[str] | tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=1)
def standard_places() -> Places:
    """The lists that are installed, read once."""
    return Places.load()


def address_of(text: str, asked: bool, places: Places | None = None) -> Slot | None:
    """The address in `text` (normalised), house numbers in Arabic digits: 文三路一百二十号 -> 文三路120号.

    A town alone is an address only where one was asked for or is spoken of (寄到杭州); there it may be misspelt by
    recognition (寄到航州).
    """
    places, said = places or standard_places(), text
    text = _towns_put_right(text, asked, places)
    found = _found(text, asked, places)
    return Slot(_written(text[found[0] : found[1]]), said[found[0] : found[1]]) if found else None


def _found(text: str, asked: bool, places: Places) -> tuple[int, int] | None:
    """Where the address begins and ends."""
    for cue in _CUE.finditer(text):
        end = _reach(text, cue.end(), places)
        if end - cue.end() > 1:
            return cue.end(), end
    for town in places.place.finditer(text):
        end = _reach(text, town.start(), places)
        if asked or (end > town.end() and _DETAIL.search(text, town.end(), end)):
            return town.start(), end
    if asked and (first := _COMPONENT.search(text)):
        return first.start(), _reach(text, first.start(), places)
    return None


def _reach(text: str, start: int, places: Places) -> int:
    """Where the address that begins at `start` ends; `start` itself when there is none."""
    end, town = start, places.place.match(text, start)
    if town:
        end = town.end()
    while match := _COMPONENT.match(text, end):
        end = match.end()
    room = _ROOM.match(text, end) if end > start else None
    return room.end() if room else end


def _written(said: str) -> str:
    """An address with the numbers of houses in Arabic digits."""
    value = said
    for number in reversed(find_numbers(said)):
        if _NUMBERED.match(said, number.end) and number.value == int(number.value):
            written = number.digits or str(int(number.value))
            value = value[: number.start] + written + value[number.end :]
    return value


_ALIKE = 0.85
"""From which likeness on a stretch of sounds is a town."""


def _towns_put_right(text: str, asked: bool, places: Places) -> str:
    """The text with towns in place of what sounds like them, where an address begins and no word stands."""
    starts = [cue.end() for cue in _CUE.finditer(text)] + [0] * asked
    for at in starts if places.sounds else ():
        if not places.place.match(text, at):
            text = _town_at(text, at, places)
    return text


def _town_at(text: str, at: int, places: Places) -> str:
    for size in (3, 2):
        piece = text[at : at + size]
        if (
            len(piece) < size
            or len(syllables(piece)) < size
            or len(words(piece)) < 2
            or places.sounds is None
        ):
            continue
        for heard in places.sounds.search(syllables(piece), _ALIKE, size):
            town = places.towns[heard.name]
            if len(town) == size and heard.end - heard.start == size:
                return text[:at] + town + text[at + size :]
    return text


_NOT_GIVEN = "我你您他她的是了吗吧呢要想电手住在们和跟买订退换姓先女小太老来打查问这那有,。?!"
_GIVEN = rf"(?:(?![{_NOT_GIVEN}])[{_HAN}]|小(?!姐)|来(?!问)){{1,2}}"
_TITLE = "(?:先生|女士|小姐|太太|老师|阿姨|总)"


def person_of(text: str, asked: bool, places: Places | None = None) -> Slot | None:
    """A name as it is given: 我叫王小明 -> 王小明, 我姓王 -> 王, 收件人是李女士 -> 李女士."""
    places = places or standard_places()
    for pattern in _person_patterns(places)[0 if asked else 1 :]:
        for match in pattern.finditer(text):
            name = match["name"]
            if not name.startswith(places.not_names):
                return Slot(_respelled(name, text, places), match[0])
    return None


def _respelled(name: str, text: str, places: Places) -> str:
    """弓长张 tells which Zhang; it replaces the first character that was recognised."""
    for said, surname in places.spelled.items():
        if said in text:
            return surname + (name[1:] if name[0] not in said[:-1] else "")
    return name


@lru_cache(maxsize=4)
def _person_patterns(places: Places) -> list[re.Pattern[str]]:
    """The first is for those who were asked for a name; the others stand in order of preference."""
    surname, end = places.surname, "(?=$|[,。?!吧啊呢哈的]|我|电话|手机|地址)"
    full = f"{surname}(?:{_TITLE}|{_GIVEN})"
    spelled = _either(list(places.spelled))
    return [
        re.compile(rf"(?:^|(?<=[,。叫是]))(?P<name>{full}|{surname}){end}"),
        re.compile(
            rf"(?:我叫|名字(?:就?是|叫)?|叫做?|姓名(?:就?是)?|(?:收件|收货|联系|寄件)人(?:的?名字)?(?:要|帮我)?(?:改|换|写)?(?:成|为|是|叫|:)?|户名是?|姓.,叫)(?P<name>{full})"
        ),
        re.compile(rf"(?:我是|我就是|这里是|我这边是|联系|我,)(?P<name>{surname}(?:{_TITLE}|{_GIVEN})){end}"),
        re.compile(rf"(?:^|[,。])(?P<name>{surname}{_TITLE}){end}"),
        re.compile(rf"(?:找|给|让|由|叫|写)(?P<name>{full})(?:来|去|代|帮我)?(?:签?收|接收|取件|收货)"),
        re.compile(rf"姓(?P<name>{spelled}|{surname})(?!名)"),
    ]
