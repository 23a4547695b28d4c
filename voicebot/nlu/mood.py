"""The caller's mood: as heard in the words of one sentence, and as it goes on over a call.

Words alone tell most of it (`mood_of_words`). The voice (louder, higher, faster than this caller began) and what he
does (interrupts, repeats himself) can raise a mood that the words leave open; they never invent distress. A
`MoodTrack` keeps it over turns: heat rises at once and cools slowly; who was in distress stays so for the call.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import get_args

from voicebot.errors import VoicebotError
from voicebot.nlu.mood_sense import MoodSense
from voicebot.nlu.normalize import clean
from voicebot.nlu.understanding import Mood
from voicebot.nlu.voice import VoiceFeatures
from voicebot.nlu.words import FOLDER, read_words

MOODS: tuple[Mood, ...] = get_args(Mood)
_STRONG, _WEAK = 2.0, 0.9
_ENOUGH = 2.0
_SENSED, _SENSED_WITH_A_SIGN, _SENSED_DISTRESS = 2.0, 0.8, 2.0
_SENSED_AGAINST = 2.6  # where words say otherwise: a harmless phrase, or a milder mood
_CALM = 0.0  # a lone sign in a sentence that sounds calmer than this is none
_SHORTEST_SENSED = 6  # characters; less is too little to tell
_SILENT = re.compile(r"[^\w□]|[\da-z零幺一二三四五六七八九]")


@dataclass(frozen=True, slots=True, eq=False)
class MoodWords:
    """For each mood its strong and its weak signs; phrases to take out first; words that deny what follows."""

    harmless: re.Pattern[str]
    denied: re.Pattern[str]
    signs: tuple[tuple[Mood, float, re.Pattern[str]], ...]
    sense: MoodSense

    @staticmethod
    def load(folder: Path = FOLDER) -> MoodWords:
        """mood.yaml of `folder`. Raises VoicebotError that names a faulty list."""
        data, where = read_words("mood", folder), folder / "mood.yaml"
        signs: list[tuple[Mood, float, re.Pattern[str]]] = []
        for mood in MOODS:
            for key, weight in (("strong", _STRONG), ("weak", _WEAK)):
                if words := (data.get(mood) or {}).get(key):
                    signs.append((mood, weight, _pattern(words, f"{where}: {mood}, {key}")))
        negations = "|".join(map(re.escape, str(data.get("negations", "")).split()))
        return MoodWords(
            _pattern(data.get("harmless", ""), f"{where}: harmless"),
            re.compile(f"(?:{negations or '(?!)'})(?:太|很|再|要|用|是|怎么|那么|特别)?$"),
            tuple(signs),
            MoodSense.load(folder),
        )


def _pattern(words: object, where: str) -> re.Pattern[str]:
    try:
        return re.compile("|".join(str(words).split()) or r"(?!)")
    except re.error as error:
        raise VoicebotError(f"{where} holds a pattern that cannot be read ({error}).") from None


@lru_cache(maxsize=1)
def standard_mood_words() -> MoodWords:
    """The lists that are installed, read once."""
    return MoodWords.load()


def mood_of_words(text: str, words: MoodWords | None = None) -> tuple[Mood, float]:
    """The mood that one sentence (as it was said) shows, and how sure that is, 0..1. No sign at all is neutral, 0."""
    words = words or standard_mood_words()
    text = clean(text).lower()
    without = words.harmless.sub("□", text)
    scores = _scores(text, without, words)
    _sensed(without, scores, words.sense)
    mood = _mood(scores)
    return mood, min(1.0, scores.get(mood, 0.0) / 4)


def _scores(text: str, without: str, words: MoodWords) -> dict[Mood, float]:
    """The weights of the signs, by mood; harmless phrases can only be signs of satisfaction."""
    scores: dict[Mood, float] = {}
    for mood, weight, pattern in words.signs:
        searched = text if mood == "satisfied" else without
        seen: set[str] = set()
        for match in pattern.finditer(searched):
            if match[0] not in seen and not _is_denied(searched, match, words.denied):
                seen.add(match[0])
                scores[mood] = scores.get(mood, 0.0) + weight
    return scores


def _is_denied(text: str, match: re.Match[str], denied: re.Pattern[str]) -> bool:
    """不生气 denies it; 这不是坑人吗 says it."""
    return bool(denied.search(text, 0, match.start())) and "吗" not in text[match.end() : match.end() + 3]


def _sensed(text: str, scores: dict[Mood, float], sense: MoodSense) -> None:
    """Add what the learnt sense hears where the words decide nothing; a word of thanks outweighs it."""
    if len(_SILENT.sub("", text)) < _SHORTEST_SENSED:
        return
    grave_signs = (scores.get("angry", 0.0), scores.get("distressed", 0.0))
    if max(*grave_signs, scores.get("satisfied", 0.0)) >= _ENOUGH:
        milder = scores.get("unhappy", 0.0) + scores.get("anxious", 0.0)
        if sum(grave_signs) == _ENOUGH and not milder and sense.of(text)[0] < _CALM:
            scores.pop("angry", None)
            scores.pop("distressed", None)
        return
    grave, distress = sense.of(text)
    with_a_sign = scores.get("angry", 0.0) + scores.get("distressed", 0.0) > 0
    against = "□" in text or max(scores.get("anxious", 0.0), scores.get("unhappy", 0.0)) >= _ENOUGH
    if grave >= (_SENSED_AGAINST if against else _SENSED_WITH_A_SIGN if with_a_sign else _SENSED):
        mood: Mood = "distressed" if distress > (0.5 if grave >= _SENSED_DISTRESS else 1.0) else "angry"
        scores[mood] = max(_ENOUGH, scores.get(mood, 0.0))


def _mood(scores: dict[Mood, float]) -> Mood:
    """The gravest mood with signs enough; of the milder ones the plainest."""
    if scores.get("distressed", 0) >= _ENOUGH:
        return "distressed"
    angry, good = scores.get("angry", 0.0), scores.get("satisfied", 0.0)
    if angry >= _ENOUGH and angry >= good:
        return "angry"
    milder: list[tuple[float, Mood]] = [
        (scores.get(mood, 0.0), mood) for mood in ("anxious", "unhappy", "satisfied")
    ]
    best, mood = max(milder, key=lambda pair: pair[0])
    return mood if best >= _ENOUGH else "neutral"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the caller did so far in this call: how often he interrupted, repeated himself, was not understood."""

    barge_ins: int = 0
    repeats: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class MoodTrack:
    """A caller's mood over a call. `heat` is 0 (calm) to 1 (angry); `beginning` is how the voice was at first."""

    mood: Mood = "neutral"
    heat: float = 0.0
    turns: int = 0
    beginning: VoiceFeatures | None = None
    distressed: bool = False


_HEAT: dict[Mood, float] = {
    "satisfied": -0.3, "neutral": 0.0, "anxious": 0.35, "unhappy": 0.5, "angry": 1.0, "distressed": 1.0,
}  # fmt: skip
_COOLING = 0.6
_FIRST_TURNS = 2


def update(
    track: MoodTrack,
    words: tuple[Mood, float],
    voice: VoiceFeatures | None = None,
    behaviour: Behaviour | None = None,
) -> MoodTrack:
    """The track after one more turn of the caller, with what was said, how, and what he did so far."""
    mood, _ = words
    arousal = track.beginning.arousal(voice) if track.beginning and voice else 0.0
    push = 0.35 * arousal + _pushed(behaviour or Behaviour())
    heat = max(0.0, min(1.0, max(track.heat * _COOLING, _HEAT[mood]) + push + min(0.0, _HEAT[mood])))
    distressed = track.distressed or mood == "distressed"
    return replace(
        track,
        mood="distressed" if distressed else _felt(mood, heat, arousal),
        heat=heat,
        turns=track.turns + 1,
        beginning=_beginning(track, voice),
        distressed=distressed,
    )


def _pushed(behaviour: Behaviour) -> float:
    """From the third interruption, repetition or failure on, patience wears thin."""
    return 0.2 * sum(
        min(2, max(0, count - 2)) for count in (behaviour.barge_ins, behaviour.repeats, behaviour.failures)
    )


def _felt(mood: Mood, heat: float, arousal: float) -> Mood:
    """What words say counts first; a hot call makes calm words unhappy, a raised voice makes unhappy ones angry."""
    if mood in ("angry", "satisfied"):
        return mood
    if mood in ("unhappy", "anxious"):
        return "angry" if heat >= 0.85 else mood
    if heat >= 0.5:
        return "unhappy"
    return "anxious" if heat >= 0.3 or arousal >= 0.9 else mood


def _beginning(track: MoodTrack, voice: VoiceFeatures | None) -> VoiceFeatures | None:
    """The caller's own voice is learnt from the first turns."""
    if voice is None or track.turns >= _FIRST_TURNS:
        return track.beginning or voice
    return track.beginning.mean(voice) if track.beginning else voice
