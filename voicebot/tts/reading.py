"""Written Chinese as it is read aloud: no digit, no symbol is left, only words, letters and punctuation.

Each kind of number is turned into words in an order in which a later kind cannot take what belongs to an
earlier one: moments, then codes, then quantities, then models, then plain numbers. In the result a space
between two Chinese characters is a short pause (between the groups of a long number); U+2063 is kept (see
parts.py).
"""

from __future__ import annotations

import re

from voicebot.tts.codes import read_codes
from voicebot.tts.moments import read_moments
from voicebot.tts.numerals import MINUS, cardinal, digits, number
from voicebot.tts.quantities import NUMBER, read_quantities

BORDER = "\u2063"
"""INVISIBLE SEPARATOR: wording may put it where one part ends and the next begins."""

_KEPT_WIDE = set("，。！？；：、（）～－")
_NARROW = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT_WIDE
} | {0x3000: " ", 0xFF0D: "-", 0xFF5E: "~", 0x2212: "-", 0x2011: "-", 0x00A0: " "}  # fmt: skip

_MODEL = re.compile(r"(?<![A-Za-z\d])([A-Za-z]+)[- ]?(\d+(?:\.\d+)?)(?:-(\d+))?([A-Za-z]*)(?!\d)")
_TAILED = re.compile(r"(?<![A-Za-z\d.])(\d+(?:\.\d+)?)([A-Za-z]+)")
_SCORE = re.compile(r"(?<!\d)(\d{1,3})\s*[:：比]\s*(\d{1,3})(?!\d)")
_SUM = re.compile(r"(?<=\d)\s*(\+|=|≥|≤|>=|<=|>|<|×)\s*(?=-?\d)")
_PLAIN = re.compile(rf"(?P<n>{MINUS}|[±])?(?P<a>{NUMBER})")
_SIGNS = {
    "+": "加", "=": "等于", "≥": "大于等于", "≤": "小于等于", ">=": "大于等于", "<=": "小于等于", ">": "大于",
    "<": "小于", "×": "乘",
}  # fmt: skip
_WORDED = {"&": "和", "≈": "约等于", "≥": "大于等于", "≤": "小于等于", "@": " at ", "№": "号", "%": "百分号"}
_HAN = r"[\u3400-\u9fff]"


def read(text: str, year: int | None = None) -> str:
    """What a Chinese speaker says for `text`.

    `year` is the present one: the year of an ISO date is said only when it is known to be another.
    """
    text = text.translate(_NARROW)
    text = re.sub(r"(?<=[\dA-Za-z])\s*\+\s*(?=[\dA-Za-z])", "加", text)
    text = re.sub(r"(?:^|(?<=[\s：；。，]))(\d{1,2})\.(?=\s*[^\d\s])", r"\1，", text)
    text = re.sub(r"(?<=[\d万亿])\+(?=[\u3400-\u9fff]|$)", "多", text)
    text = re.sub(r"(?<!\d)([05-9][05])(?=后(?![面天来续]))", lambda found: digits(found[1]), text)
    text = read_moments(text, year)
    text = read_codes(text)
    text = read_quantities(text)
    text = _MODEL.sub(_model, text)
    text = _TAILED.sub(lambda found: f"{number(found[1])} {found[2]}", text)
    text = _SCORE.sub(lambda found: f"{number(found[1])}比{number(found[2])}", text)
    text = _SUM.sub(lambda found: _SIGNS[found[1]], text)
    text = _PLAIN.sub(_plain, text)
    return _tidy(_symbols(text))


def _model(found: re.Match[str]) -> str:
    """A15 -> A 十五, X200 -> X 二百, RTX4090 -> RTX 四零九零."""
    letters, amount, second, tail = found.groups()
    spoken = _model_number(amount) + (f" {digits(second)}" if second else "")
    return f"{letters} {spoken} {tail}".rstrip()


def _model_number(amount: str) -> str:
    if "." in amount:
        return number(amount)
    if amount.startswith("0") or len(amount) > 3 or (len(amount) == 3 and not amount.endswith("00")):
        return digits(amount)
    return cardinal(int(amount)).replace("两百", "二百")


def _plain(found: re.Match[str]) -> str:
    sign = {"-": "负", "±": "正负"}.get(found["n"] or "", "")
    return sign + number(found["a"])


def _symbols(text: str) -> str:
    """Signs in words where they are said, as punctuation where they part, else dropped."""
    text = re.sub(r"([#*])(?=号?键)", lambda found: "井号" if found[1] == "#" else "星号", text)
    text = re.sub(r"(井号|星号)号键", r"\1键", text)
    text = re.sub(rf"(?<={_HAN})\s*[-~～]\s*(?={_HAN})", "到", text)
    text = re.sub(rf"(?<=[块毛元斤克升米分瓦时])\s*/\s*(?={_HAN})", "每", text)
    text = re.sub(r"(?<=[A-Za-z])\.(?=[A-Za-z])", "点", text)
    for sign, word in _WORDED.items():
        text = text.replace(sign, word)
    text = re.sub(r"[（(\[【]", "，", text)
    text = re.sub(r"[）)\]】—\n\r\t]+|\.{2,}|…+", "，", text)
    text = re.sub(r"(?<![A-Za-z])[-'’](?![A-Za-z])|[/|\\]", " ", text)
    return re.sub(rf"[^\u3400-\u9fffA-Za-z，。！？；：、,.!?;:'\- {BORDER}]", "", text)


def _tidy(text: str) -> str:
    """Chinese punctuation, single; spaces only where they mean something."""
    text = text.translate(str.maketrans(",.!?;:", "，。！？；："))
    text = re.sub(
        r"[，、；：]\s*(?=[，。！？；：、])|(?<=[。！？])[\s，。！？；：、]+(?=[，。！？；：、])", "", text
    )
    text = re.sub(r"\s*([，。！？；：、])[\s，；：、]*", r"\1", text)
    text = re.sub(r"\s+", " ", text)
    return re.sub(rf"^[，。！？；：、 {BORDER}]+", "", text).strip()
