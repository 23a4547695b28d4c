"""Asking: what is found, what is not, and what may not be said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from voicebot.knowledge import Knowledge
from voicebot.knowledge.entries import Entry, Library
from voicebot.knowledge.loading import ENCODER, load_knowledge
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


def found(knowledge: Knowledge, text: str, today: date = TODAY, **more: dict[str, str]) -> str | None:
    answer = knowledge.ask(text, today, **more)
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


def test_kept_apart_means_apart(root: Path) -> None:
    from voicebot.knowledge.entries import load_folder

    library = load_folder(root / "config" / "knowledge")
    known = {question for entry in library.entries for question in entry.questions} | set(
        library.unanswerable
    )
    cases = yaml.safe_load((DATA / "paraphrases.yaml").read_text(encoding="utf-8"))
    asked = [text for part in cases.values() for texts in part.values() for text in texts]
    asked += yaml.safe_load((DATA / "nothing.yaml").read_text(encoding="utf-8"))["nothing"]
    assert not known & set(asked)
    assert len(asked) >= 210
