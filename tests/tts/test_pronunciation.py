"""多音字 and Latin words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from voicebot.tts.pronunciation import pinyin, pronounce

POLYPHONES = """
重新下单 chong2 xin1 xia4 dan1
请重说一遍 qing3 chong2 shuo1 yi1 bian4
重量 zhong4 liang4
很重要 hen3 zhong4 yao4
重庆 chong2 qing4
行不行 xing2 bu4 xing2
银行卡 yin2 hang2 ka3
自行车 zi4 xing2 che1
还有 hai2 you3
还没有到 hai2 mei2 you3 dao4
退还 tui4 huan2
还款 huan2 kuan3
多长时间 duo1 chang2 shi2 jian1
长按 chang2 an4
增长 zeng1 zhang3
数量 shu4 liang4
数一数 shu3 yi1 shu3
您觉得 nin2 jue2 de5
您得先 nin2 dei3 xian1
还得等 hai2 dei3 deng3
得到 de2 dao4
做得好 zuo4 de5 hao3
了解 liao3 jie3
收到了 shou1 dao4 le5
用不了 yong4 bu4 liao3
发货 fa1 huo4
头发 tou2 fa5
转人工 zhuan3 ren2 gong1
转接人工客服 zhuan3 jie1 ren2 gong1 ke4 fu2
为您服务 wei4 nin2 fu2 wu4
尾号为四二幺七 wei3 hao4 wei2 si4 er4 yao1 qi1
更改为 geng1 gai3 wei2
差价 cha1 jia4
差评 cha4 ping2
快递 kuai4 di4
没收到 mei2 shou1 dao4
两只 liang3 zhi1
只要 zhi3 yao4
处理 chu3 li3
售后处 shou4 hou4 chu4
着急 zhao2 ji2
空调 kong1 tiao2
调货 diao4 huo4
便宜 pian2 yi5
方便 fang1 bian4
下载 xia4 zai4
慢慢地 man4 man4 de5
地址 di4 zhi3
单先生 shan4 xian1 sheng5
订单 ding4 dan1
曾女士 zeng1 nv3 shi4
曾经 ceng2 jing1
长沙 chang2 sha1
厦门 xia4 men2
六安 lu4 an1
幺三八 yao1 san1 ba1
"""


@pytest.mark.parametrize("line", POLYPHONES.strip().splitlines())
def test_polyphones(line: str) -> None:
    text, *syllables = line.split()
    assert pinyin(text) == syllables


def test_punctuation_and_pauses() -> None:
    assert pronounce("您好，请稍等。") == "ni↗nxau↓, ʨʰi↓ŋʂau→tə↓ŋ."
    assert pronounce("幺三八 零零") == pronounce("幺三八，零零")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USB", "jˈu ˈɛs bˈi"), ("WiFi", "wˈI fˌI"), ("iPhone", "ˈIfˌOn"), ("Pro", "pɹˈO"), ("Xqzt", None),
        ("𠮷□", ""), ("", ""), ("……", "…"),
    ],
)  # fmt: skip
def test_latin_and_strange_things(text: str, expected: str | None) -> None:
    assert pronounce(text) == (expected if expected is not None else "ˈɛks kjˈu zˈi tˈi")


def test_all_that_is_pronounced_is_in_the_vocabulary() -> None:
    known = set(json.loads((Path(__file__).parent / "symbols.json").read_text(encoding="utf-8")))
    text = "您好，Type-C和USB三点零，iPad Mini、ABCDEFGHIJKLMNOPQRSTUVWXYZ；Bluetooth：好！吗？……一 二"
    assert set(pronounce(text)) <= known


def test_no_heavy_library_and_no_network_is_drawn_in() -> None:
    code = (
        "import sys, socket\n"
        "socket.socket.connect = None\n"
        "from voicebot.tts.pronunciation import pronounce\n"
        "pronounce('您好，Bluetooth')\n"
        "print([name for name in ('torch', 'spacy', 'transformers', 'requests') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
