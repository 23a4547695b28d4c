"""A firm on an invoice: its name and its tax number, a unified social credit identifier (GB 32100) of 18
digits and letters (or an older one)."""

from __future__ import annotations

import re

_SPOKEN = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_NUMBER = re.compile("[0-9A-Z]{15,20}")
_NAMED = "税号|税务号|纳税人识别号|识别号|统一社会信用代码|社会信用代码|信用代码"
_AROUND = re.compile(f"[，,。；;、 ]*(?:(?:单位|公司|我们)?的?(?:{_NAMED})(?:就|也)?[是为:：]?)?[，, ]*$")


def tax_number(text: str) -> str | None:
    """The tax number in a sentence, with capital letters, or None."""
    found = _found(text)
    return found[0] if found else None


def without_tax_number(text: str) -> str:
    """The sentence up to its tax number: the name of the firm; all of it where there is none."""
    found = _found(text)
    if not found:
        return text
    before = _AROUND.sub("", text[: found[1]])
    return before or _AROUND.sub("", text[found[2] :])


def _found(text: str) -> tuple[str, int, int] | None:
    """The number and where it stands in the text; spaces within it are let go."""
    places = [place for place, char in enumerate(text) if char != " "]
    bare = "".join(text[place] for place in places).translate(_SPOKEN).upper()
    match = _NUMBER.search(bare)
    if match is None or sum(char.isdigit() for char in match[0]) < 8:
        return None
    return match[0], places[match.start()], places[match.end() - 1] + 1


_FIRM = re.compile(
    "[一-龥A-Za-z0-9（）()·]{2,30}?(?:有限责任公司|股份有限公司|有限公司|分公司|公司|集团|事务所|工作室|合作社|经营部|商行|研究院|研究所|大学|学院|医院)"
    "(?:[一-龥]{2,8}分(?:公司|店|院|部))?"
)
_BEFORE = re.compile(
    "^.*(?:抬头|名称|名字|单位|发票|票)(?:就|是|为|写成?|开成?|叫|填|给)*|^(?:就|是|为|写成?|开成?|叫|填|给|用|我们?|的|请|帮我|麻烦|开|那|嗯)+"
)
_NO_NAME = re.compile("[要想给把帮个]|报销|开|^(?:我们|单位|有限|分)公司$")


def firm(text: str) -> str | None:
    """The name of a firm that the sentence says, or None; 公司 alone is none."""
    names = [_BEFORE.sub("", found[0]) for found in _FIRM.finditer(without_tax_number(text))]
    return next((name for name in names if len(name) > LEAST and not _NO_NAME.search(name)), None)


LEAST = 3
"""The name of a firm is longer."""


_HEADING = re.compile("抬头(?:就|是|写|为|叫|开|填|用|给|成)*([一-龥]{2,4})(?=$|[，,。.！! ])")
_NO_PERSON = re.compile("个人|公司|单位|企业|自己|什么|怎么|多少|哪|错|不|的$")


def heading(text: str) -> str | None:
    """The person that the invoice is to be made out to, where he is named so: 抬头王小明."""
    found = _HEADING.search(text)
    return found[1] if found and not _NO_PERSON.search(found[1]) else None
