import pytest

from voicebot.nlu.clauses import clauses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("退货,顺便开张发票", ["退货", "开张发票"]),
        ("退货顺便开张发票", ["退货", "开张发票"]),
        ("我想退货因为质量不好", ["我想退货", "质量不好"]),
        ("不是退货,是换货", ["换货"]),
        ("我不退,就是想换个颜色", ["就是想换个颜色"]),
        ("不用退货了,换一个就行", ["换一个就行"]),
        ("想换另外一款", ["想换另外一款"]),
        ("余额还有多少", ["余额还有多少"]),
        ("退货", ["退货"]),
        ("", []),
    ],
)
def test_where_a_sentence_parts(text: str, parts: list[str]) -> None:
    assert [part.text for part in clauses(text)] == parts


def test_what_joins_the_clauses_is_known() -> None:
    also = clauses("退货,顺便开张发票")
    because = clauses("我想退货因为质量不好")
    assert [part.also for part in also] == [False, True]
    assert [part.because for part in because] == [False, True]
