"""What the law wants said in the opening is looked for on every way through it."""

from __future__ import annotations

import pytest

from voicebot.campaign.announcements import unannounced
from voicebot.campaign.law import AnnounceRule
from voicebot.dialogue import parse_script
from voicebot.dialogue.vocabulary import REQUIRED_WORDS

MACHINE = AnnounceRule(rule="announce", id="machine", law="x", says="y", words=("机器人",))
IDENTITY = AnnounceRule(rule="announce", id="identity", law="x", says="y", words=("{shop}",))
WORDS = "\n".join(f"  {name}: [x]" for name in REQUIRED_WORDS)


def missing(steps: str) -> list[str]:
    text = f"""
constants: {{shop: {{name: 青禾优品}}, contact: {{vip: false}}}}
words:
{WORDS}
flows:
  opening:
    steps:
{steps}
  hello:
    intents: [greeting]
    title: 问好
    steps: [{{say: 我是机器人。}}, done]
  closing: {{steps: [{{hangup: goodbye, say: 再见。}}]}}
  human_failed: {{steps: [{{hangup: goodbye, say: 再见。}}]}}
"""
    script = parse_script(text)
    return [rule.id for _, rule in unannounced(script, iter([MACHINE, IDENTITY]), "青禾优品")]


@pytest.mark.parametrize(
    ("steps", "lacks"),
    [
        ("      - say: 您好，我是{shop.name}的机器人。\n      - listen: 方便吗？", []),
        ("      - listen: 您好，我是青禾优品的机器人，方便吗？", []),
        (
            "      - say: 您好。\n      - confirm: 方便吗？\n      - say: 我是{shop.name}的机器人。\n      - done",
            ["machine", "identity"],
        ),
        (
            '      - say: ["我是{shop.name}的机器人。", "我是{shop.name}的。"]\n      - listen: 方便吗？',
            ["machine"],
        ),
        (
            "      - if: contact.vip\n        then: [{say: 我是机器人。}]\n      - listen: 这里是{shop.name}。",
            ["machine"],
        ),
        (
            "      - if: contact.vip\n        then: [{say: 我是机器人。}]\n"
            "        else: [{call: hello}]\n      - listen: 这里是{shop.name}。",
            [],
        ),
    ],
)
def test_every_way_must_say_it(steps: str, lacks: list[str]) -> None:
    assert missing(steps) == lacks
