"""Who speaks so: words of people who pick up a telephone, and of machines that do.

The words are compared by their sound, for an announcement is often misheard: 无法接通 comes as 五法接通.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from voicebot.nlu.pinyin import find_like, syllables

Leaning = Literal["human", "machine", "either"]

MACHINE = (
    *("留言", "提示音", "嘀声后", "滴声后", "嘟声后", "语音信箱", "按井号键", "请不要挂机"),
    *(
        "您拨打的",
        "您所拨打",
        "您呼叫的",
        "无法接通",
        "暂时无人接听",
        "正在通话中",
        "不在服务区",
        "已关机",
        "已停机",
    ),
    *("稍后再拨", "稍后再试", "短信通知", "欢迎致电", "下班时间", "工作时间来电"),
    *("不方便接听", "尽快回复", "尽快回电", "机主", "来电助理", "智能助理", "来电秘书", "帮您转达"),
)
"""What machines say, each enough by itself."""

HUMAN = re.compile(
    "哪位|哪里|哪儿|谁啊|谁呀|谁呢|找谁|是谁|什么事|干嘛|干什么|请讲|请说|说话|讲话|请问您?找|您?需要什么|开会|开车|是不是|吗$|呢$"
)
HELLO = re.compile("[喂哎嗯诶唉欸哦噢啊呀你您好早上下午晚,，。?？! ]+")
"""Nothing but a hello: a machine may begin so too."""

LIKE = 0.84
"""From this likeness of sound on, a machine's words were said."""

_SOUNDS = tuple(tuple(syllables(words)) for words in MACHINE)


def leaning(texts: Iterable[str]) -> Leaning:
    """Who says that, by any of several readings of it. A machine's words outweigh a human's."""
    read = [text for text in texts if text]
    if any(_by_machine(text) for text in read):
        return "machine"
    return "human" if any(HUMAN.search(text) for text in read) else "either"


def _by_machine(text: str) -> bool:
    heard = syllables(text)
    return any(
        len(heard) >= len(words) and find_like(words, heard)[2] >= (LIKE if len(words) > 2 else 1.0)
        for words in _SOUNDS
    )


def hello(text: str) -> bool:
    """Is it nothing but a hello?"""
    return bool(HELLO.fullmatch(text))
