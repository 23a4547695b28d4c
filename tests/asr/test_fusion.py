"""What several decoders heard becomes one transcript."""

from __future__ import annotations

import pytest

from voicebot.asr.decoder import Reading, Timed
from voicebot.asr.expecting import Expecting
from voicebot.asr.fusion import Heard, fuse
from voicebot.asr.readings import alternatives, posteriors

ANYTHING = Expecting("anything", "sentences")
DIGITS = Expecting("digits", "digits")


def reading(score: float, *words: str) -> Reading:
    """Words of 0.3 s each."""
    spans = (Timed(word, 0.3 * place, 0.3 * (place + 1)) for place, word in enumerate(words))
    return Reading(score, tuple(spans))


def test_the_likelier_decoder_gives_the_text_and_both_are_kept() -> None:
    heard = Heard(b"", [reading(100, "穿", "员工")], [reading(108, "转", "人工")])
    transcript = fuse(heard, ANYTHING, 10)
    assert transcript.text == "转人工"
    assert [(a.text, a.source) for a in transcript.alternatives] == [("转人工", "domain"), ("穿员工", "free")]
    assert [word.text for word in transcript.words] == ["转", "人工"]


def test_confidence_is_a_probability_that_leaves_room_for_none() -> None:
    heard = Heard(b"", [reading(100, "退货"), reading(99, "推货")], [reading(99.5, "退款")])
    found = fuse(heard, ANYTHING, 10).alternatives
    assert sum(a.confidence for a in found) < 1
    assert [a.text for a in found] == ["退货", "退款", "推货"]
    assert found[0].score == 0.0
    assert found[2].score < 0


def test_a_text_that_both_decoders_found_is_surer() -> None:
    alone = fuse(Heard(b"", [reading(100, "退货")], [reading(99, "退款")]), ANYTHING, 10)
    both = fuse(Heard(b"", [reading(100, "退货")], [reading(99, "退货")]), ANYTHING, 10)
    assert both.confidence > alone.confidence


def test_a_close_rival_takes_confidence_away() -> None:
    close = fuse(Heard(b"", [reading(100, "退货"), reading(99.9, "推货")], []), ANYTHING, 10)
    far = fuse(Heard(b"", [reading(100, "退货"), reading(80, "推货")], []), ANYTHING, 10)
    assert close.confidence < far.confidence


def test_nothing_heard_is_an_empty_transcript() -> None:
    for expecting in (ANYTHING, DIGITS):
        transcript = fuse(Heard(bytes(1600), [], []), expecting, 10)
        assert (transcript.text, transcript.confidence, transcript.alternatives) == ("", 0.0, ())


def test_unknown_sounds_are_no_text_and_cost_confidence() -> None:
    clear = alternatives([reading(9, "一")], [1.0], "domain", 10)
    unclear = alternatives([reading(9, "一", "[unk]")], [1.0], "domain", 10)
    assert [a.text for a in unclear] == ["一"]
    assert unclear[0].confidence == pytest.approx(clear[0].confidence / 2)
    assert alternatives([reading(9, "[unk]")], [1.0], "domain", 10) == []


def test_digits_have_the_word_where_digits_were_asked_for() -> None:
    free = [reading(108, "三次", "一流")]
    transcript = fuse(Heard(bytes(16000), free, [reading(100, "三", "四", "一", "六")], []), DIGITS, 10)
    assert transcript.text == "三四一六"
    assert "三次一流" in [a.text for a in transcript.alternatives]


def test_a_much_likelier_sentence_has_the_word_before_digits() -> None:
    said = [reading(150, "我", "不", "知道")]
    transcript = fuse(Heard(bytes(16000), [], [reading(100, "五", "五", "三")], said), DIGITS, 10)
    assert transcript.text == "我不知道"
    assert "五五三" in [a.text for a in transcript.alternatives]
    assert transcript.confidence > 0.5


def test_one_digit_written_two_ways_is_one_alternative() -> None:
    readings = [reading(100, "一", "八"), reading(100, "幺", "八"), reading(90, "七", "八")]
    found = [a.text for a in fuse(Heard(bytes(16000), [], readings), DIGITS, 10).alternatives]
    assert len(found) == 2


def test_only_so_many_alternatives_are_kept_and_words_are_surer_where_readings_agree() -> None:
    readings = [reading(10 - n, "退", word) for n, word in enumerate("货款钱票")]
    found = alternatives(readings, posteriors([r.score for r in readings], 0.5), "free", 2)
    assert [a.text for a in found] == ["退货", "退款"]
    sure, unsure = found[0].words
    assert sure.confidence == pytest.approx(1.0)
    assert unsure.confidence < 0.6
