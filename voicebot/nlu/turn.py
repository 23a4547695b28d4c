"""Has the caller finished, as far as the words tell? One of finished, unfinished, wait.

The endpoint waits longer after an unfinished text (我想那个…, 我的订单号是, half a telephone number), and the bot
holds its tongue after a wait (等一下我找找).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from voicebot.errors import VoicebotError
from voicebot.nlu.digits import digit_runs, digits_of
from voicebot.nlu.normalize import normalize
from voicebot.nlu.slots_digits import LENGTHS
from voicebot.nlu.understanding import Turn
from voicebot.nlu.words import FOLDER, read_words

_SOUNDS = "啊呀呢吧哦哈嘛呗,。!?: "
_TAILED = re.compile("尾号|后四位|最后四|末四位|后4位")
_NUMBER_CUES = (
    (
        "tail_number",
        re.compile(
            "(?:尾号|后四位|最后四位|末四位|后4位)(?:就?是|为|呢)?(?=[\\d零幺一二三四五六七八九两洞])"
        ),
    ),
    (
        "phone",
        re.compile(
            "(?:电话|手机号?|联系方式|号码)(?:号码?)?(?:就?是|为|呢)(?=[\\d零幺一二三四五六七八九两洞])"
        ),
    ),
    (
        "order_number",
        re.compile("(?:订单号?|单号|编号)(?:码)?(?:就?是|为|呢)(?=[\\d零幺一二三四五六七八九两洞])"),
    ),
)
_NO_MORE = re.compile("(?:没有?了|就这些|就这么多|完了|就是这个|没别的了?|没了)$")
_PART_OF_ADDRESS = re.compile("(?:[省市区县镇乡]|街道)$")


@dataclass(frozen=True, slots=True, eq=False)
class TurnWords:
    """The patterns of turns.yaml."""

    wait: re.Pattern[str]
    meanwhile: re.Pattern[str]
    open_end: re.Pattern[str]
    closed_end: re.Pattern[str]

    @staticmethod
    def load(folder: Path = FOLDER) -> TurnWords:
        """turns.yaml of `folder`. Raises VoicebotError that names a faulty list."""
        data, where = read_words("turns", folder), folder / "turns.yaml"
        lists = {key: "|".join(str(data.get(key, "")).split()) or "(?!)" for key in data}
        meanwhile = sorted(str(data.get("meanwhile", "(?!)")).split(), key=len, reverse=True)
        try:
            return TurnWords(
                re.compile(lists.get("wait", "(?!)")),
                re.compile("|".join(meanwhile)),
                re.compile(f"(?:{lists.get('open_ends', '(?!)')})$"),
                re.compile(f"(?:{lists.get('closed_ends', '(?!)')})$"),
            )
        except re.error as error:
            raise VoicebotError(f"{where} holds a pattern that cannot be read ({error}).") from None


@lru_cache(maxsize=1)
def standard_turn_words() -> TurnWords:
    """The lists that are installed, read once."""
    return TurnWords.load()


def turn_of(text: str, expecting: str | None = None, words: TurnWords | None = None) -> Turn:
    """Whether the caller seems to have finished after `text` (as it was said), having been asked for `expecting`."""
    words = words or standard_turn_words()
    trailing = text.rstrip().endswith(("…", "...", "——"))
    text = normalize(text)
    if not text:
        return "unfinished"
    dictated = _dictated(text, expecting)
    if dictated:
        return dictated
    if _open(text, expecting, words):
        return "unfinished"
    if _waits(text, words):
        return "wait"
    return "unfinished" if trailing else "finished"


def _dictated(text: str, expecting: str | None) -> Turn | None:
    """While a number of known length is dictated its digits decide; None when there are none."""
    length = LENGTHS.get(expecting or "")
    for name, cue in _NUMBER_CUES if length is None else ():
        if cue.search(text):
            length = 8 if name == "order_number" else LENGTHS[name]
            expecting = name
    digits = digits_of(text, length) if length else ""
    if not digits or length is None or not digit_runs(text):
        return None
    enough = len(digits) >= length or _NO_MORE.search(text) or (len(digits) == 4 and _TAILED.search(text))
    if expecting == "phone" and digits[0] in "0468":
        enough = len(digits) >= 10
    return "finished" if enough else "unfinished"


def _waits(text: str, words: TurnWords) -> bool:
    """A moment is asked for, and nothing else."""
    if not words.wait.search(text):
        return False
    rest = words.meanwhile.sub("", words.wait.sub("", text)).strip(_SOUNDS)
    return len(rest) <= 1 and not any(len(run.digits) > 3 for run in digit_runs(text))


def _open(text: str, expecting: str | None, words: TurnWords) -> bool:
    """The sentence breaks off: it ends with a word that something must follow."""
    bare = text.rstrip("," if len(text) > 1 else "")
    if expecting == "yes_no" and len(bare) < 4:
        return False
    if expecting == "address" and _PART_OF_ADDRESS.search(bare):
        return True
    last = re.split("[,。!?]", bare)[-1] or bare
    if bare.endswith(("?", "!", "。")):
        return False
    return bool(words.open_end.search(last)) and not words.closed_end.search(bare)
