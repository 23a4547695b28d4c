"""What is told besides a wish in the sentence that says it: 机器人老是撞墙，我要退货."""

from __future__ import annotations

import re

from voicebot.dialogue.questions import asks

_CLAUSES = re.compile("[，,。.！!；;？? ]+")
_NO_REASON = re.compile(
    "[退换寄取]|上门|快递|买的|订的|下单|收到的|订单|单号|那[个单台件款双]|尾号|帮我|给我|麻烦|你好|您好|喂|请问|谢谢|发票|怎么办|咋办|另外|顺便|还有|再帮|优惠|活动"
)
FEW = 4
"""A shorter clause tells nothing."""


def told_besides(text: str) -> str | None:
    """The clauses that say neither what is wanted, nor of what, nor how: they tell why. None where there are none."""
    told = [
        part
        for part in _CLAUSES.split(text)
        if len(part) >= FEW and not _NO_REASON.search(part) and not asks(part)
    ]
    return "，".join(told) if told and len(told) < len([one for one in _CLAUSES.split(text) if one]) else None
