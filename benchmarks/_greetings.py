"""What answers a telephone: voices and texts of people and of machines, those for tuning apart from the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Cast:
    """One set: who speaks, what people say, what machines say, and the beeps that follow (Hz, ms)."""

    voices: tuple[str, ...]
    people: tuple[str, ...]
    machines: tuple[str, ...]
    beeps: tuple[tuple[float, int], ...]
    seed: int

    def said(self) -> Iterator[tuple[str, str]]:
        """Every voice with every text."""
        yield from ((voice, text) for text in (*self.people, *self.machines) for voice in self.voices)


TUNING = Cast(
    ("zf_xiaobei", "zf_xiaoni", "zm_yunjian", "zf_xiaoyi"),
    (
        "喂?",
        "喂,你好。",
        "喂?哪位?",
        "你好。",
        "谁啊?",
        "你好,哪里?",
        "你好,远大物流。",
        "喂,你好,请问您找谁?",
        "你好,这里是城南店,请问您需要什么?",
        "喂,你好,我在开会,您有什么事吗?",
    ),
    (
        "您好,我现在不方便接听电话,请在提示音后留言。",
        "您所拨打的电话暂时无人接听,请稍后再拨。",
        "对不起,您拨打的用户正在通话中,请稍后再拨。",
        "您好,您拨打的电话已启用语音信箱,请在嘀声后留言,结束请按井号键。",
        "你好,我是李明,我现在不在,有事请留言,我会尽快回复。",
        "您好,这里是来电助理,机主正忙,请问您有什么事,我会帮您转达。",
        "对不起,您拨打的用户已关机。",
    ),
    ((440.0, 400), (850.0, 200), (1000.0, 500), (1400.0, 300), (1000.0, 140)),
    11,
)

JUDGING = Cast(
    ("zf_xiaoxiao", "zm_yunxi", "zm_yunxia", "zm_yunyang"),
    (
        "喂!",
        "喂,您好。",
        "哪位?",
        "您好。",
        "嗯?",
        "喂?说话呀。",
        "你好,哪位啊?",
        "您好,请讲。",
        "你好,宏达公司。",
        "喂,谁呀,怎么这么早打电话?",
        "您好,东方花园前台,请问找哪位?",
        "喂,你好,你是哪里啊,我在开车呢。",
        "你好,我是小陈,您是送快递的吗?",
    ),
    (
        "您好,我是王芳,很抱歉没能接到您的电话,请留下姓名和号码,我会给您回电话。",
        "您拨打的用户暂时无法接通,请您稍后再试。",
        "您好,您呼叫的号码已启用语音信箱,听到滴声后请留言。",
        "对不起,您所拨打的号码已停机。",
        "您好,欢迎致电华信科技,现在是下班时间,请您在工作时间来电。",
        "您好,我是机主的智能秘书,他现在没空接电话,您可以告诉我,我来转告。",
        "你好,我出差了,电话不方便,有事发短信给我,谢谢。",
        "语音留言请在嘟声后开始,留言完毕请挂机。",
        "您呼叫的用户不在服务区,我们将以短信通知对方。",
    ),
    ((480.0, 350), (620.0, 250), (950.0, 600), (1100.0, 160), (1330.0, 400), (2000.0, 220)),
    23,
)
