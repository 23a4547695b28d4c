"""From one reading of a sentence to the intents that are to be served, in order.

The exact grammar comes first, the classifier second. Each clause is looked at alone and as a part of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicebot.nlu.answers import YES_NO, beside, only_details, wanted_slots, yes_or_no
from voicebot.nlu.clauses import ACTIONS, ALIKE, ASIDE, GOES_BEFORE, REASONS, Clause, clauses
from voicebot.nlu.grammars import Grammars
from voicebot.nlu.intent import INFORM, OUT_OF_SCOPE, IntentModel
from voicebot.nlu.parting import SHORTEST
from voicebot.nlu.understanding import Intent, Slot

Chances = npt.NDArray[np.float64]
"""The probability of each intent, in the order of the model's intents."""

_SURE = 0.99
_CLEARLY = 0.85
_WITH_ANOTHER = 0.35
_LIKELY_TWO = 0.4
"""Clauses that want two things are two wishes where the sentence sounds so much like it."""
_LIKELY_TWO = 0.4
"""Clauses that want two things are two wishes where the sentence sounds so much like it."""
_PLAIN = 0.5
"""A sentence of which so much is sure as a whole is not looked at by its clauses."""
_HUMAN = "human_agent"
_GRATEFUL = re.compile(
    "(?:办好|办成|解决|搞定|弄好|处理好|处理完|退到|收到|帮了|帮我|帮忙|多亏).*(?:谢|感激)"
    "|(?:谢|感激|多亏).*(?:办好|办成|解决|搞定|弄好|处理好|帮)"
)
"""Thanks for what was done, whatever that was."""
_NO_HUMAN = re.compile(
    "(?:(?:不用|不需要|不必|用不着|甭|先不|先别|暂时不|别给我|不要给我|别再给我|没必要|不是(?:要|想|找|来))(?:再)?(?:给我|帮我|麻烦)?"
    "(?:转来转去|(?:转|找|接|换|叫|要|麻烦)(?:到|一下)?(?:了|人工|真人|客服|别人|活人|人(?!工智能)|你们领导|经理)))"
    "|老板娘|(?:老板|经理|领导|主管|客服)(?:人|态度)?(?:挺|很|真|特别|太|都|还)+(?:好|不错|热情|耐心)"
    "|老板娘"
    "|人工(?:湖|智能|费|授精|降雨|呼吸|养殖|合成|草|岛|审核|成本)|真人(?:发|秀|模特|试穿|照|图)|(?:做|当|干)(?:过)?客服(?!来|接)"
    "|(?:找|派|叫|喊|让|请|安排|来)(?:个|一个|一位|位|了)?(?:人|师傅|工人|师父)(?:来|过来|上门|帮我|给我)*"
    "(?:修|装|安装|取|拿|收|送|搬|看看|检查|拆|换|测|量|清洗|维修|搬走|打孔)"
)
"""What speaks of people without asking for one on the line."""
_ASKS_HUMAN = re.compile(
    "(?:我要|我想要|给我|帮我|转|转接|接|换|找|叫|快)(?:个|一个|一位|到|成)?(?:人工|真人|活人|大活人)(?!湖|智能|费|发|秀)"
    "|(?:安排|请|让|叫|派)(?:个|一个|一位|你们)*(?:人工)?(?:客服|专员|经理|主管)(?:来)?(?:联系|回|打给|给我|接|跟我)"
)
"""What asks for one in so many words, however the rest of the sentence sounds."""
_SELDOM = frozenset({"opt_out"})
"""What hardly anybody wants beside something else: 烦死了,我要退货 is no wish not to be rung."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: normalised (`plain`), its clauses, and the chances of the whole and of each clause.

    `named` are the clauses that are wishes by themselves and known word for word (退货 of 退货,订单号后四位1409); where
    some of them want something done, only these.
    """

    plain: str
    parts: tuple[Clause, ...]
    whole: Chances
    each: tuple[Chances, ...]
    by_grammar: bool
    named: tuple[Chances, ...] = ()


@dataclass(frozen=True)
class Judge:
    """Judges readings by the grammar and the model. Immutable."""

    grammars: Grammars
    model: IntentModel

    def read(self, plain: str, expecting: str | None) -> Reading:
        """Look at a normalised sentence and at each of its clauses."""
        parts = clauses(plain) or (Clause(plain),)
        said = parts[0].text if len(parts) == 1 else plain  # 不是退货,是换货 says only the second
        whole, by_grammar = self._chances(self.grammars.bare(said), expecting)
        if len(parts) < 2:
            return Reading(plain, parts, whole, (whole,), by_grammar)
        looked = [self._chances(self.grammars.bare(part.text), expecting) for part in parts]
        named = tuple(one for one, exact in looked if exact and self._name(one) not in ASIDE)
        done = tuple(one for one in named if self._name(one) in ACTIONS)
        return Reading(plain, parts, whole, tuple(one for one, _ in looked), by_grammar, done or named)

    def _chances(self, bare: str, expecting: str | None) -> tuple[Chances, bool]:
        if not bare:
            return np.array([float(name == OUT_OF_SCOPE) for name in self.model.intents]), False
        chances = self.model.probabilities(bare)
        said = self.grammars.match(bare)
        if said:
            exact = chances * [1.0 if name in said else 0.0 for name in self.model.intents] + 1e-12
            trust = self.model.quality.grammar_precision
            chances = trust * exact / exact.sum() + (1.0 - trust) * chances
        if expecting in YES_NO:
            chances = self._as_answer(bare, chances)
        return chances, bool(said)

    def _as_answer(self, bare: str, chances: Chances) -> Chances:
        """Asked yes or no, a sentence that can be one is one."""
        weights = np.array([6.0 if name in ("affirm", "deny") else 1.0 for name in self.model.intents])
        chances = chances * weights / (chances * weights).sum()
        answer = yes_or_no(bare)
        if answer is None:
            return chances
        exact = np.array([1.0 if name == answer else 0.0 for name in self.model.intents])
        return 0.97 * exact + 0.03 * chances

    def mixed(self, reading: Reading) -> Chances:
        """The chances of the sentence as a whole, its clauses counted in: those that name a wish word for word, else
        all that are tasks; asides count only among themselves.
        """
        if len(reading.each) < 2:
            return reading.whole
        tasks = [one for one in reading.each if self._name(one) not in ASIDE and one.max() >= 0.5]
        if not tasks and (answers := self._besides_thanks(reading)):
            return max(answers, key=lambda one: float(one.max()))
        clauses_ = np.mean(reading.named or tasks or reading.each, axis=0)
        return np.asarray((reading.whole + clauses_) / 2.0)

    def _besides_thanks(self, reading: Reading) -> list[Chances]:
        """没有了,谢谢 is a no and 谢谢,再见 a good-bye: thanks beside these say nothing."""
        said = [self._name(one) for one in reading.each]
        if "thanks" not in said or not set(said) <= {"thanks", "deny", "goodbye"}:
            return []
        return [one for one, name in zip(reading.each, said, strict=True) if name != "thanks"]

    def _name(self, chances: Chances) -> str:
        return self.model.intents[int(chances.argmax())]

    def named(self, reading: Reading, found: tuple[Intent, ...]) -> dict[str, float]:
        """The chance of each intent by name; of `inform`, or of a human asked for in a clause, what was found."""
        if found[0].name in (INFORM, _HUMAN):
            return {found[0].name: found[0].confidence}
        return dict(zip(self.model.intents, self.mixed(reading).tolist(), strict=True))

    def wishes(self, reading: Reading, expecting: str | None) -> tuple[Intent, ...]:
        """The intents of a reading in the order in which they are to be served; never empty."""
        found = self._in_one_breath(reading, self._several(reading)) or [self._one(reading)]
        found = self._human_first(reading, found)
        if expecting in YES_NO and len(reading.each) > 1:
            found = self._answer_first(reading, found)
        return tuple(found)

    def _one(self, reading: Reading) -> Intent:
        chances = self.mixed(reading)
        name, sure = self._name(chances), float(chances.max())
        rejected = name != OUT_OF_SCOPE and float(np.sort(chances)[-2:].sum()) < self.model.thresholds.reject
        if (rejected or name == OUT_OF_SCOPE) and _GRATEFUL.search(reading.plain):
            return Intent("thanks", 0.7)
        if rejected:
            return Intent(OUT_OF_SCOPE, round(1.0 - sure, 4))
        return Intent(name, round(min(sure, _SURE), 4))

    def _several(self, reading: Reading) -> list[Intent]:
        """More than one wish: said to be another (顺便, 还要), or two that each want something done."""
        wishes: dict[str, tuple[float, Clause]] = {}
        more = any(part.also for part in reading.parts)
        for part, chances in zip(reading.parts, reading.each, strict=True):
            name, sure = self._name(chances), float(chances.max())
            if (
                name not in ASIDE
                and sure >= (_WITH_ANOTHER if more else 0.5)
                and not part.because
                and sure > wishes.get(name, (0.0, part))[0]
            ):
                wishes[name] = (sure, part)
        if len(wishes) < 2:
            return []
        also = any(part.also for _, part in wishes.values())
        sure_enough = _WITH_ANOTHER if also else _CLEARLY
        if not also and ACTIONS & set(wishes):
            wishes = {name: found for name, found in wishes.items() if name not in REASONS}
        kept = [
            Intent(name, round(min(sure, _SURE), 4), part.text)
            for name, (sure, part) in wishes.items()
            if sure >= (_CLEARLY if name in _SELDOM else sure_enough)
        ]
        less = {GOES_BEFORE.get(one.name) for one in kept}
        kept = [one for one in kept if one.name not in less]
        if len(kept) == 1 and (len(wishes) == 1 or less & set(wishes)):
            return kept
        names = {one.name for one in kept}
        apart = names <= ACTIONS or not any(len(names & alike) > 1 for alike in ALIKE)
        return kept if len(kept) > 1 and (also or apart) else []

    def _in_one_breath(self, reading: Reading, several: list[Intent]) -> list[Intent]:
        """Two wishes that nothing parts (退了这件发票也给我开一张), and those of clauses that are likely two."""
        parting, bare = self.model.parting, self.grammars.bare(reading.plain)
        if parting is None or reading.by_grammar or len(bare) < SHORTEST:
            return several
        cut, chance = parting.cut(bare, self.model, reading.whole)
        joined = any(part.also for part in reading.parts) or _HUMAN in [one.name for one in several]
        if several and (joined or chance >= _LIKELY_TWO):
            return several
        if cut is None or chance < parting.level or _HUMAN in (cut.first, cut.second):
            return []
        sure = round(min(cut.chance**0.5, _SURE), 4)
        return [
            Intent(cut.first, sure, bare[: cut.place]),
            Intent(cut.second, sure, bare[cut.place :]),
        ]

    def _human_first(self, reading: Reading, found: list[Intent]) -> list[Intent]:
        """Whoever asks for a human in any clause gets one, whatever else he says."""
        place = self.model.intents.index(_HUMAN)
        chance = max(float(one[place]) for one in (*reading.each, reading.whole))
        if _ASKS_HUMAN.search(reading.plain):
            chance = max(chance, 0.9)
        if (chance >= 0.5 or found[0].name == _HUMAN) and _NO_HUMAN.search(reading.plain):
            return self._without_human(reading, found)
        if chance < 0.5 or found[0].name == _HUMAN:
            return found
        others = [one for one in found if one.name not in {_HUMAN, *ASIDE} and one.confidence >= 0.5]
        return [Intent(_HUMAN, round(min(chance, _SURE), 4)), *others]

    def _without_human(self, reading: Reading, found: list[Intent]) -> list[Intent]:
        """不用转人工,你帮我查 wants no human: what is left of the sentence decides."""
        left = [one for one in found if one.name != _HUMAN]
        chances = np.mean([*reading.each, reading.whole], axis=0)
        chances = np.where([name == _HUMAN for name in self.model.intents], 0.0, chances) + 1e-12
        chances = np.asarray(chances / chances.sum())
        return left or [Intent(self._name(chances), round(min(float(chances.max()), _SURE), 4))]

    def _answer_first(self, reading: Reading, found: list[Intent]) -> list[Intent]:
        """对,我要退货 answers the question before it says more."""
        answer, sure = self._name(reading.each[0]), float(reading.each[0].max())
        if answer not in ("affirm", "deny") or sure < 0.5 or found[0].name in (answer, _HUMAN):
            return found
        return [Intent(answer, round(min(sure, _SURE), 4)), *(one for one in found if one.name not in ASIDE)]

    def with_details(
        self, reading: Reading, found: tuple[Intent, ...], slots: Mapping[str, Slot], expecting: str | None
    ) -> tuple[Intent, ...]:
        """`inform` where the sentence only gives details, or what was asked for and nothing surely wanted besides."""
        if found[0].name == _HUMAN:
            return found
        answered = any(name in slots for name in wanted_slots(expecting))
        top = found[0]
        if only_details(reading.plain, slots):
            if answered:
                return (Intent(INFORM, 0.97),)
            if not reading.by_grammar and "reason" not in slots:
                return (Intent(INFORM, 0.9),)
        elif (
            answered
            and len(found) == 1
            and (beside(expecting or "", top.name) or top.confidence < self.model.thresholds.act)
        ):
            return (Intent(INFORM, 0.9),)
        return found
