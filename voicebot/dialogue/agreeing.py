"""Is it a yes? Half a yes is none, and before what is costly an unclear one is asked for again."""

from __future__ import annotations

import re

from voicebot.dialogue.questions import asks
from voicebot.dialogue.second_thoughts import gives_up
from voicebot.dialogue.step_kinds import Ask, Query
from voicebot.dialogue.turn import Turn
from voicebot.nlu.answers import yes_or_no
from voicebot.nlu.understanding import Understanding


def answer_yes_or_no(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    intents = {intent.name: intent.confidence for intent in understanding.intents}
    if "deny" in intents or gives_up(understanding.text):
        return _go(turn, ask, "no")
    if hedged(understanding.text) or _murmurs_and_asks(understanding.text):
        return False
    if "affirm" not in intents and yes_or_no(_THANKS.sub("", understanding.text)) == "affirm":
        intents["affirm"] = understanding.intents[0].confidence  # 好的谢谢
    if "affirm" in intents:
        return _once_more(turn, ask, intents["affirm"]) or _go(turn, ask, "yes")
    agreed = (
        insists(turn, understanding) or _says_do_it(turn, understanding) or _echoes(turn, ask, understanding)
    )
    return agreed and _go(turn, ask, "yes")


_DO_IT = re.compile(
    "(?:嗯+|恩|好的?|行|对|可以|成|那|就|你|请|帮我|给我|快|赶紧|直接|现在|[，,。 ])*"
    "(?:(办理?|弄|搞|提交|登记|申请|操作)|开|退|换|取消|改|预?约|修|撤)(?:了|掉|吧|呗|啊|呀|好了|就行|[。！!])+"
)
"""Says to do it: 办吧, 嗯开吧. A deed that it names must be the one that is asked about."""


def _says_do_it(turn: Turn, understanding: Understanding) -> bool:
    said = _DO_IT.fullmatch(understanding.text.strip())
    flow = turn.serving()
    own = flow is not None and any(one.name in flow.intents for one in understanding.intents)
    return said is not None and (own or said[1] is not None)


_PARTICLES = "吧啊呀的了呗嘛嗯好，,。！! "


def _echoes(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """要我帮您催一下吗? 催: a word of the question, said back, is a yes, where nothing costly follows."""
    said = understanding.text.strip(_PARTICLES)
    asked = "".join(part for one in ask.words for part in one.parts if isinstance(part, str))
    return 0 < len(said) <= MOST_ECHOED and said in asked and not costly(turn, ask) and not _NOT.search(said)


MOST_ECHOED = 4
"""So many characters are a word of the question, and not another sentence."""


_THANKS = re.compile("(?:非常|太|多)?(?:谢谢|感谢|麻烦|辛苦|多谢)(?:了|你|您|啦)*|[，,。.！! ]")


def _go(turn: Turn, ask: Ask, answer: str) -> bool:
    turn.change(failures=0, counts={**turn.state.counts, f"{turn.key} sure": 0})
    turn.move(ask.targets[answer])
    return True


def _once_more(turn: Turn, ask: Ask, confidence: float) -> bool:
    """Before something costly, a yes that may have been a no is asked for once more."""
    if (
        not costly(turn, ask)
        or min(turn.clear, confidence) >= turn.script.settings.sure
        or turn.count(f"{turn.key} sure")
    ):
        return False
    turn.phrase("sure")
    return True


def costly(turn: Turn, ask: Ask) -> bool:
    """Does a yes do something that is not easily undone?"""
    deed = turn.script.step_at(turn.state.stack[-1].flow, ask.targets["yes"])
    return isinstance(deed, Query) and turn.script.queries[deed.query].costly


_MURMUR = re.compile("^(?:嗯|恩|哦|噢|喔|啊|呃|额|唔|哎|诶|那)")


def _murmurs_and_asks(text: str) -> bool:
    """嗯,那运费谁出啊 agrees to nothing yet."""
    return bool(_MURMUR.match(text.strip())) and asks(text)


_NOT = re.compile("不|别|没|算了|再想|再说|再看")


_NO_NOT = re.compile("没错|没问题|没毛病|没意见|没关系|不错|不客气|别客气|没事")


_FIRST_CLAUSE = re.compile("[，,。.！!？? ]")


def hedged(text: str) -> bool:
    """Is there a no in what was taken for a yes? 先不办了 is none; 对,不要了 is one."""
    first = _FIRST_CLAUSE.split(text.strip())[0]
    return bool(_NOT.search(_NO_NOT.sub("", text))) and yes_or_no(first) != "affirm"


HEDGES = frozenset("不别没甭勿吗么呢？?先等否也还再又另")
"""A repeated wish with one of these in it is no yes, or says more than yes: 税号也要."""


_BARE_WISH = re.compile(
    "(?:我们?|你们?|您|就|那|还是|它|这个|那个|这|帮|给|请|麻烦|赶紧|快|直接|现在|马上|要|想|得|把|一下|个|张|单|台|件|订单|货|款|钱|票|发票|地址|差价|价保"
    "|好的?|嗯|对|行|可以|确定|确认|办理?|弄|开|退|换|取消|撤|修|维修|报修|装|安装|预?约|改|登记|申请|投诉|补发?|催|查|看|掉|回"
    "|了|吧|啊|呀|的|嘛|呗|哦|啦|嘞|[，,。！! ])+"
)
"""The wish and nothing besides; whoever says more, such as a colour, adds something."""


def insists(turn: Turn, understanding: Understanding) -> bool:
    """Is the answer to a confirmation just the wish again (取消吧)?"""
    flow = turn.serving()
    intent = understanding.intents[0]
    sure = intent.confidence >= turn.script.settings.digress and len(understanding.intents) == 1
    brief = bool(_BARE_WISH.fullmatch(understanding.text)) and not HEDGES & set(understanding.text)
    return flow is not None and intent.name in flow.intents and sure and brief
