"""A simulated caller: knows what he wants and what he knows, answers what he is asked, and has his ways.

He answers by what was asked, not by the turn's number: a bot may ask less, more, or in another order. What a
twist adds (a slip, a digression, a moment asked for) happens once, at the first question that gives occasion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from voicebot.replay.questions import YES_NO, question

SPOKEN = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
YES = ("对", "是的", "嗯对", "没错", "对对", "是")
AGREED = ("好的", "可以", "行，办吧", "确定", "嗯，可以", "好")
NO = ("不是", "不对", "不是这个")
DECLINED = ("不用了", "算了不用", "先不用")
OVER = ("没有了，谢谢", "没了，就这样吧", "不用了，再见", "没别的事了")


@dataclass(frozen=True, slots=True)
class Wants:
    """What a caller wants and knows.

    `opening` are ways to say the wish, taken in turn; `things` the words by which he knows his order or item when
    he hears it; `answers` what he says to each kind of question; `confirms` the words a readback must hold before
    he agrees (| parts alternatives); `agrees` the offers that he takes; `later` further wishes when he is asked for
    more; `hears` what he rang to hear: without it, or unasked whether he is sure, he says his wish once more. Who
    wants nothing done (not `acts`) agrees to nothing.
    """

    opening: tuple[str, ...]
    titles: frozenset[str] = frozenset()
    things: tuple[str, ...] = ()
    number: str = ""
    tail: str = ""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    confirms: tuple[str, ...] = ()
    agrees: frozenset[str] = frozenset()
    later: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    declines: bool = False
    acts: bool = True


@dataclass(frozen=True, slots=True)
class Ways:
    """How this call goes otherwise than smoothly.

    `aside` is said instead of the first answer to one of `at` (None: silence). `slips` are wrong answers by kind:
    corrected in the same breath (`breath`), or only when they are read back. `before` and `after` go around the
    opening; `words` are replaced in everything he says; `heard` is what recognition makes of it the first time.
    """

    aside: tuple[str | None, ...] = ()
    at: frozenset[str] = frozenset()
    slips: Mapping[str, str] = field(default_factory=dict)
    breath: bool = False
    before: str = ""
    after: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    heard: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the caller says (None: nothing), and what he means by it: yes, no, answer, wish, aside or over."""

    text: str | None
    meant: str


def spoken_digits(digits: str) -> str:
    """Digits as they are said one by one: 8861 is 八八六幺."""
    return "".join(SPOKEN.get(one, one) for one in digits)


class Persona:
    """One caller in one call."""

    def __init__(self, name: str, wants: Wants, ways: Ways) -> None:
        self._seed = crc32(name.encode())
        self._wants = wants
        self._ways = ways
        self._asides = list(ways.aside)
        self._asked: dict[str, int] = {}
        self._slipped: set[str] = set()
        self._later = list(wants.later)
        self._told = ""
        self._about = ""
        self._agreed = False
        self._insisted = False
        self.kind = ""

    @property
    def twisted(self) -> bool:
        """Has what makes this call different happened?"""
        return not self._asides and (not self._ways.slips or bool(self._slipped))

    def reply(self, said: str) -> Spoken:
        """What he says to this."""
        self._told += said
        kind, about = question(said)
        self.kind, self._about = (kind, about) if kind else (self.kind, self._about)
        again = self._asked.get(self.kind, 0)
        self._asked[self.kind] = again + 1
        spoken = self._twist() or self._answer(self._about, again)
        text = spoken.text
        if text is not None:
            for word, other in self._ways.words.items():
                text = text.replace(word, other)
            if self._ways.heard is not None and not again:
                text = self._ways.heard(text)
        return Spoken(text, spoken.meant)

    def _twist(self) -> Spoken | None:
        if self.kind in self._ways.at and self._asides:
            aside = self._asides.pop(0)
            return Spoken(self._wants.opening[0] if aside == "{opening}" else aside, "aside")
        if self._ways.breath and self.kind in self._ways.slips and self.kind not in self._slipped:
            self._slipped.add(self.kind)
            wrong = self._ways.slips[self.kind]
            return Spoken(f"{wrong}，不对不对，是{self._right(self.kind)}", "answer")
        return None

    def _right(self, kind: str) -> str:
        own = self._wants.answers.get(kind)
        if own:
            return own[0]
        return spoken_digits({"tail": self._wants.tail, "number": self._wants.number}.get(kind, ""))

    def _answer(self, about: str, again: int) -> Spoken:
        kind, wants = self.kind, self._wants
        if kind == "closing":
            return self._more()
        if kind in {"open", ""}:
            return self._wish(again)
        if kind in self._ways.slips and not self._ways.breath and kind not in self._slipped:
            self._slipped.add(kind)
            return Spoken(self._ways.slips[kind], "answer")
        if kind in wants.answers:
            own = wants.answers[kind]
            return Spoken(own[min(again, len(own) - 1)], "answer")
        if kind in YES_NO:
            return self._yes_or_no(about, again)
        return self._detail(again)

    def _more(self) -> Spoken:
        wants = self._wants
        unheard = [text for text in wants.hears if not any(part in self._told for part in text.split("|"))]
        unsure = wants.confirms and not wants.hears and not self._agreed and not wants.declines
        if (unheard or unsure) and not self._insisted:
            self._insisted = True
            return Spoken(wants.opening[-1], "wish")
        return Spoken(self._later.pop(0), "wish") if self._later else Spoken(self._pick(OVER, 0), "over")

    def _wish(self, again: int) -> Spoken:
        text = self._wants.opening[min(again, len(self._wants.opening) - 1)]
        return Spoken(text if again else f"{self._ways.before}{text}{self._ways.after}", "wish")

    def _detail(self, again: int) -> Spoken:
        kind, wants = self.kind, self._wants
        if kind in {"tail", "number"}:
            digits = wants.tail if kind == "tail" else wants.number
            said = spoken_digits(digits) if digits else "我不记得了"
            return Spoken(said if again % 2 == 0 else digits or said, "answer")
        if kind in {"which_order", "which_item", "product"} and wants.things:
            return Spoken(wants.things[0], "answer")
        if kind == "there":
            return Spoken("在的在的", "answer")
        return Spoken("我不知道", "answer")

    def _yes_or_no(self, about: str, again: int) -> Spoken:
        kind, wants = self.kind, self._wants
        if kind == "doubt":
            return self._say_yes(YES, again) if about in wants.titles else self._no(wants.opening[-1])
        if kind == "readback":
            return self._say_yes(YES, again) if about == wants.number else self._no(self._right("number"))
        if kind == "this_order":
            meant = not wants.things or any(thing in about for thing in wants.things)
            return self._say_yes(YES, again) if meant else self._no(wants.things[0])
        if kind == "confirm":
            return self._confirm(about, again)
        agreed = kind in wants.agrees or kind in {"solved", "phone_readback"}
        return self._say_yes(AGREED, again) if agreed else Spoken(self._pick(DECLINED, again), "no")

    def _confirm(self, about: str, again: int) -> Spoken:
        missing = [one for one in self._wants.confirms if not any(word in about for word in one.split("|"))]
        if missing:
            slipped = [kind for kind in self._ways.slips if kind in self._slipped and kind != "tail"]
            right = "".join(self._right(kind) for kind in slipped) or missing[0].split("|")[0]
            return Spoken(f"不对，是{right}", "no")
        if not self._wants.acts:
            return self._no(self._wants.opening[-1])
        if self._wants.declines:
            return Spoken("算了，我再想想，先不办了", "no")
        self._agreed = True
        return self._say_yes(AGREED, again)

    def _say_yes(self, words: tuple[str, ...], again: int) -> Spoken:
        return Spoken(self._pick(words, again), "yes")

    def _no(self, instead: str) -> Spoken:
        bare = self._seed % 3 == 0 and self.kind == "this_order"
        return Spoken("不是" if bare or not instead else f"{self._pick(NO[:2], 0)}，是{instead}", "no")

    def _pick(self, words: tuple[str, ...], again: int) -> str:
        return words[(self._seed + again) % len(words)]
