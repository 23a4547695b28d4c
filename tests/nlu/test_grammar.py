import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.nlu.grammar import Reader, TemplateError, Words, parse, required, sample

PARTS = {"it": parse("(这个|那个[{thing}])"), "thing": Words.of(["鞋子", "锅"])}


def says(template: str, text: str) -> bool:
    return Reader(text, PARTS).whole(parse(template))


@pytest.mark.parametrize("text", ["退货", "我要退货", "我想退货吧", "退货吧"])
def test_alternatives_and_what_may_be_left_out(text: str) -> None:
    assert says("[我要|我想]退货(吧)?", text)


@pytest.mark.parametrize("text", ["我要我想退货", "退", "退货了", "", "货退"])
def test_only_whole_sentences_match(text: str) -> None:
    assert not says("[我要|我想]退货(吧)?", text)


@pytest.mark.parametrize(
    ("text", "right"), [("退这个", True), ("退那个锅", True), ("退锅", False), ("退那个", True)]
)
def test_lists_and_expansions(text: str, right: bool) -> None:
    assert says("退<it>", text) is right


def test_a_choice_may_be_ambiguous_in_length() -> None:
    assert says("(退|退货)(货|)", "退货")
    assert says("(退|退货)(货|)", "退货货")


@pytest.mark.parametrize("template", ["(退", "退)", "[退", "(退]", "?退", "{退", "<退", "退>"])
def test_a_template_that_cannot_be_read_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        parse(template)


@given(st.integers(0, 2**32 - 1))
def test_what_is_drawn_is_said_by_the_template(seed: int) -> None:
    node = parse("[我|你](要|想)(退|换)<it>[(和|跟){thing}]吧?".replace("吧?", "[吧]"))
    text = sample(node, PARTS, np.random.default_rng(seed))
    assert Reader(text, PARTS).whole(node)
    pieces = {text[a:b] for a in range(len(text)) for b in range(a + 1, len(text) + 1)}
    assert all(not pieces.isdisjoint(words) for words in required(node, PARTS))


def test_what_may_be_left_out_is_not_required() -> None:
    assert required(parse("[我](退|换)[货]"), PARTS) == (frozenset({"退", "换"}),) or all(
        words <= {"退", "换", "我退", "我换", "退货", "换货", "我退货", "我换货"}
        for words in required(parse("[我](退|换)[货]"), PARTS)
    )
    assert required(parse("[我]"), PARTS) == ()
