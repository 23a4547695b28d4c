"""Moods: each kind of sign, the figures that must be reached, and how a mood goes on over a call."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from voicebot.errors import VoicebotError
from voicebot.nlu.mood import Behaviour, MoodTrack, MoodWords, mood_of_words, update
from voicebot.nlu.mood_sense import MoodSense
from voicebot.nlu.voice import VoiceFeatures

SENTENCES: dict[str, str] = yaml.safe_load(
    (Path(__file__).parent / "data" / "mood.yaml").read_text(encoding="utf-8")
)
CALM, RAISED = VoiceFeatures(-30, 200, 4), VoiceFeatures(-22, 260, 5)


MORE: dict[str, str] = yaml.safe_load(
    (Path(__file__).parent / "data" / "mood_more.yaml").read_text(encoding="utf-8")
)
GRAVE = {"angry", "distressed"}


def _half(number: int) -> list[tuple[str, str]]:
    return [
        (mood, text) for mood, lines in SENTENCES.items() for text in lines.strip().splitlines()[number::2]
    ]


def _rates(cases: list[tuple[str, str]]) -> tuple[float, float]:
    """The share of grave sentences that are found, and of others that are taken for grave."""
    heard = [(mood in GRAVE, mood_of_words(text)[0] in GRAVE) for mood, text in cases]
    grave, calm = [said for real, said in heard if real], [said for real, said in heard if not real]
    return sum(grave) / len(grave), sum(calm) / len(calm)


@pytest.mark.parametrize("half", [0, 1], ids=["tuned", "kept"])
def test_anger_and_distress_are_found_and_rarely_imagined(half: int) -> None:
    found, imagined = _rates(_half(half))
    assert len(_half(half)) > 100
    assert found >= 0.95
    assert imagined <= 0.05


def test_what_was_once_understood_stays_so() -> None:
    cases = [(mood, text) for mood, lines in MORE.items() for text in lines.strip().splitlines()]
    found, imagined = _rates(cases)
    assert len(cases) > 300
    assert found >= 0.95
    assert imagined <= 0.05


@pytest.mark.parametrize("name", ["mood_hard", "mood_final"])
def test_near_misses(name: str) -> None:
    data = yaml.safe_load((Path(__file__).parent / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
    found, imagined = _rates(
        [(mood, text) for mood, lines in data.items() for text in lines.strip().splitlines()]
    )
    assert found >= 0.95
    assert imagined <= 0.05


@pytest.mark.parametrize("text", ["家里有煤气味", "煤气味特别大", "屋里一股燃气味", "天然气漏了"])
def test_the_smell_of_gas_is_danger(text: str) -> None:
    assert mood_of_words(text)[0] == "distressed"


def test_the_sense_is_learnt_from_examples(tmp_path: Path) -> None:
    text = "angry: 你们太过分了\ndistressed: 我掉进水里了\ncalm: 什么时候发货\n"
    (tmp_path / "mood_examples.yaml").write_text(text, encoding="utf-8")
    sense = MoodSense.load(tmp_path)
    assert sense.of("太过分了吧")[0] > 0 > sense.of("什么时候到货")[0]
    assert sense.of("孩子掉进水里了")[1] > 0 > sense.of("太过分了")[1]


def test_a_sense_without_examples_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mood_examples.yaml").write_text("angry: 气\ncalm: 好\n", encoding="utf-8")
    with pytest.raises(VoicebotError, match="no sentences under `distressed`"):
        MoodSense.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("气死我了", "angry"), ("什么破玩意儿", "angry"), ("骗子", "angry"), ("我要投诉你们", "angry"),
        ("坑爹啊", "angry"),
        ("不想活了", "distressed"), ("有人打我", "distressed"), ("着火了", "distressed"),
        ("我触电了", "distressed"),
        ("我很着急但是没事", "anxious"), ("打死我也不信这么好用", "satisfied"), ("笑死我了", "satisfied"),
        ("急用", "anxious"),
        ("有点失望", "unhappy"), ("谢谢,太好了", "satisfied"), ("我不生气", "neutral"),
        ("查一下订单", "neutral"), ("", "neutral"),
        ("漏电保护器多少钱", "neutral"), ("我不是来投诉的", "neutral"), ("垃圾袋还有吗", "neutral"),
    ],
)  # fmt: skip
def test_words_tell_a_mood(text: str, mood: str) -> None:
    assert mood_of_words(text)[0] == mood


def test_a_mood_without_signs_is_unsure() -> None:
    assert mood_of_words("查一下订单") == ("neutral", 0.0)
    assert 0 < mood_of_words("气死我了,骗子,退钱")[1] <= 1


def test_distress_stays_for_the_call() -> None:
    track = update(MoodTrack(), ("distressed", 1.0))
    for _ in range(5):
        track = update(track, ("satisfied", 0.5))
    assert track.mood == "distressed"


def test_anger_cools_over_turns() -> None:
    track = update(MoodTrack(), ("angry", 1.0))
    moods = []
    for _ in range(4):
        track = update(track, ("neutral", 0.0))
        moods.append(track.mood)
    assert moods == ["unhappy", "anxious", "neutral", "neutral"]


def test_a_raised_voice_makes_unhappy_words_angry() -> None:
    track = update(update(MoodTrack(), ("neutral", 0.0), CALM), ("unhappy", 0.5), CALM)
    assert track.mood == "unhappy"
    assert update(track, ("unhappy", 0.5), RAISED).mood == "angry"


def test_a_raised_voice_alone_is_no_anger() -> None:
    track = update(update(MoodTrack(), ("neutral", 0.0), CALM), ("neutral", 0.0), RAISED)
    assert track.mood == "anxious"
    assert not track.distressed


def test_the_third_interruption_and_repetition_tell() -> None:
    second = update(MoodTrack(), ("neutral", 0.0), behaviour=Behaviour(barge_ins=2, repeats=2))
    third = update(MoodTrack(), ("neutral", 0.0), behaviour=Behaviour(barge_ins=3, repeats=3))
    assert (second.mood, third.mood) == ("neutral", "anxious")


def test_the_beginning_is_learnt_from_the_first_turns_only() -> None:
    track = MoodTrack()
    for voice in (CALM, CALM, RAISED):
        track = update(track, ("neutral", 0.0), voice)
    assert track.beginning == CALM


def test_satisfaction_cools_a_call_at_once() -> None:
    track = update(update(MoodTrack(), ("angry", 1.0)), ("satisfied", 0.5))
    assert track.mood == "satisfied"
    assert track.heat < 0.4


def test_a_faulty_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "mood.yaml").write_text("angry: {strong: '气死('}\n", encoding="utf-8")
    with pytest.raises(VoicebotError, match="angry, strong holds a pattern that cannot be read"):
        MoodWords.load(tmp_path)
