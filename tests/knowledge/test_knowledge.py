"""Asking: what is found, what is not, and what may not be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from voicebot.knowledge import Knowledge
from voicebot.knowledge.entries import Entry, Library
from voicebot.knowledge.goods import Goods
from voicebot.knowledge.loading import ENCODER, build_knowledge, load_knowledge
from voicebot.knowledge.repair import Repair
from voicebot.models.cache import cache_folder
from voicebot.shop.goods import demo_goods

TODAY = date(2026, 11, 20)
DATA = Path(__file__).parent / "data"

LIBRARY = Library(
    (
        Entry("return", ("怎么退货", "能退货吗", "退货流程是什么", "我要退货"), "七天内可以退。"),
        Entry("invoice", ("怎么开发票", "能开发票吗", "发票怎么申请", "我要发票"), "可以开。"),
        Entry("old", ("双十一活动", "双十一打折吗", "双十一优惠"), "满减。", valid_until=date(2026, 11, 12)),
        Entry("gold", ("金卡活动", "金卡专享", "金卡打折吗"), "九五折。", conditions={"tier": ("金卡",)}),
    ),
    ("今天天气怎么样", "讲个笑话", "几点吃饭", "股票涨了吗", "你是哪里人", "帮我叫车"),
)


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return Knowledge(LIBRARY)


def found(
    knowledge: Knowledge, text: str, today: date = TODAY, facts: dict[str, str] | None = None
) -> str | None:
    answer = knowledge.ask(text, today, facts=facts)
    return answer.entry if answer else None


def test_questions_find_their_entries(small: Knowledge) -> None:
    assert found(small, "我要退货") == "return"
    assert found(small, "请问怎么开发票啊") == "invoice"


def test_what_has_expired_is_never_said(small: Knowledge) -> None:
    assert found(small, "双十一活动", date(2026, 11, 12)) == "old"
    assert found(small, "双十一活动", date(2026, 11, 13)) != "old"


def test_what_is_meant_for_others_is_not_said(small: Knowledge) -> None:
    assert found(small, "金卡专享", facts={"tier": "金卡"}) == "gold"
    assert found(small, "金卡专享", facts={"tier": "普通"}) != "gold"
    assert found(small, "金卡专享") != "gold"


@pytest.mark.parametrize("text", ["", "   ", "?!", "猴子爬树"])
def test_nothing_fits(small: Knowledge, text: str) -> None:
    assert found(small, text) is None


def test_no_entries_at_all() -> None:
    assert found(Knowledge(Library(())), "怎么退货") is None


def test_what_was_learned_gives_the_same_answers(small: Knowledge) -> None:
    again = Knowledge(LIBRARY, learned=small.learned)
    assert again.ask("能开票不", TODAY) == small.ask("能开票不", TODAY)


def test_words_that_only_sound_right_are_put_back() -> None:
    repair = Repair(["怎么退货", "开发票", "有没有运费险"])
    assert repair("怎么腿货") == "怎么退货"
    assert repair("开发飘") == "开发票"
    assert repair("有没有运费险") == "有没有运费险"


@pytest.fixture(scope="module")
def whole(root: Path) -> Knowledge:
    if not (cache_folder() / ENCODER / "weights.npz").is_file():
        pytest.skip("the sentence encoder was not fetched; run `voicebot models fetch`")
    return load_knowledge(root / "config" / "knowledge", demo_goods(), cache_folder())


@pytest.mark.engines
@pytest.mark.parametrize(("part", "least"), [("as_spoken", 0.88), ("as_heard", 0.88)])
def test_paraphrases_kept_apart(whole: Knowledge, part: str, least: float) -> None:
    cases = yaml.safe_load((DATA / "paraphrases.yaml").read_text(encoding="utf-8"))[part]
    results = [found(whole, text) == entry for entry, texts in cases.items() for text in texts]
    assert sum(results) / len(results) >= least


@pytest.mark.engines
def test_what_has_no_answer(whole: Knowledge) -> None:
    texts = yaml.safe_load((DATA / "nothing.yaml").read_text(encoding="utf-8"))["nothing"]
    assert sum(found(whole, text) is None for text in texts) / len(texts) >= 0.9


@pytest.mark.engines
@pytest.mark.parametrize("said", ["周末上班吗", "你们周末上班吗", "请问你们周末上班吗"])
def test_politeness_does_not_matter(whole: Knowledge, said: str) -> None:
    assert found(whole, said) == "service-hours"


@pytest.mark.engines
@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ("吹风机举久了手酸不", "product:P5005:重量"),
        ("半自动咖啡机拎着沉不沉", "product:P4001:重量"),
        ("包邮吗", "freight-free"),
        ("会员有啥好处", "member-levels"),
    ],
)
def test_what_callers_say_finds_what_they_mean(whole: Knowledge, said: str, entry: str) -> None:
    assert found(whole, said) == entry


def test_what_depends_on_the_goods_is_kept_for_itself(tmp_path: Path) -> None:
    goods = [Goods("A1", "保温杯", "保温杯"), Goods("A2", "热水壶", "热水壶")]
    attributes = (
        {"name": "重量", "words": ["多重"], "asked": ["多重", "沉不沉", "几斤"]},
        {"name": "容量", "words": ["几升"], "asked": ["能装多少", "几升", "装得下几杯"]},
    )
    library = replace(LIBRARY, attributes=attributes, otherwise=("保温杯好看吗", "热水壶降价了吗"))
    first = build_knowledge(library, goods, tmp_path)
    assert len(list((tmp_path / "knowledge").iterdir())) == 2
    again = build_knowledge(library, goods, tmp_path)
    assert first.learned_of_goods is not None
    assert again.ask("保温杯沉不沉", TODAY) == first.ask("保温杯沉不沉", TODAY)


def test_kept_apart_means_apart(root: Path) -> None:
    from voicebot.knowledge.entries import load_folder

    library = load_folder(root / "config" / "knowledge")
    known = {question for entry in library.entries for question in entry.questions} | set(
        library.unanswerable
    )
    cases = yaml.safe_load((DATA / "paraphrases.yaml").read_text(encoding="utf-8"))
    asked = [text for part in cases.values() for texts in part.values() for text in texts]
    asked += yaml.safe_load((DATA / "nothing.yaml").read_text(encoding="utf-8"))["nothing"]
    others = yaml.safe_load((DATA / "strangers.yaml").read_text(encoding="utf-8"))
    asked += others["nothing"]
    asked += [
        text
        for part in ("entries", "attributes", "compared")
        for texts in others[part].values()
        for text in texts
    ]
    taught = {text for item in library.attributes for text in item.get("asked") or ()}
    assert not (known | taught | set(library.otherwise)) & set(asked)
    assert len(asked) >= 210
