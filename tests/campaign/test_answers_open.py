"""Open answers about the same thing come together; the same answers always give the same groups."""

from __future__ import annotations

from voicebot.campaign.answers_open import grouped

SLOW = ["送货太慢了", "快递送得太慢", "等了好几天送货太慢", "配送太慢了吧"]
BOX = ["包装盒子都压坏了", "盒子压坏了", "包装压坏了一个角"]
RUDE = ["快递员态度很差", "态度太差了", "快递员态度不好"]
NOTHING = ["没有", "没什么", "没有了", "嗯，没意见"]


def sets(texts: list[str]) -> set[frozenset[str]]:
    return {frozenset(texts[place] for place in group.members) for group in grouped(texts)}


def test_what_is_about_the_same_thing_comes_together() -> None:
    texts = [*SLOW, *BOX, *RUDE, *NOTHING]
    found = sets(texts)
    assert frozenset(NOTHING) in found
    for about in (SLOW, BOX, RUDE):
        together = max(len(frozenset(about) & group) for group in found)
        assert together == len(about)
    for group in found:
        owners = [name for name, about in (("s", SLOW), ("b", BOX), ("r", RUDE)) if group & set(about)]
        assert len(owners) <= 1


def test_each_answer_is_in_one_group_and_the_greatest_is_first() -> None:
    texts = [*SLOW, *BOX, "价格有点贵"]
    groups = grouped(texts)
    assert sorted(place for group in groups for place in group.members) == list(range(len(texts)))
    assert [len(group.members) for group in groups] == [4, 3, 1]
    assert groups[0].name in SLOW
    assert groups == grouped(texts)


def test_few_answers_and_none() -> None:
    assert grouped([]) == []
    assert [group.members for group in grouped(["太慢"])] == [(0,)]
    assert [group.name for group in grouped(["没有", "没了"])] == ["没有意见"]
