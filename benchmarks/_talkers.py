"""Recorded callers who take a natural share of the talk: 30 % of the time, and leave the bot not much more than 40.

The recordings were made to show dialogues: their callers say what is needed, a tenth of the time, and hear all that
the bot says. Here they tell a story first where anything may be said, as long as makes up for what they have said too
little, and cut in where the bot has had more than its share; and they ring off when all is said and answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

from voicebot.audio import silence
from voicebot.events import Event, HungUp
from voicebot.replay.caller import FRAME_BYTES, FRAME_S, FixtureCaller, TurnTimes
from voicebot.replay.fixture import Fixture
from voicebot.replay.script import BotTurn, CallerTurn, HangUpTurn

CALLER_SHARE, BOT_SHARE = 0.30, 0.40
MADE_UP = 0.38
"""Where he may tell stories he goes beyond his share: to most questions he can only say a word."""
MOST_STORIES = 5
PATIENT_S = 1.5
"""So much of each reply he hears before he cuts in."""
THINKS_S = 3.5
"""So long at most he thinks before he speaks, when both have had their share; the bot asks again after five."""
SATISFIED_S, UNANSWERED_S = 1.0, 12.0
"""So long after the last answer he rings off; or after his last words, if none comes."""
BREATH_MS = 120

STORIES = (
    "你好你好，是这样的，我这两天一直在外地出差，今天刚刚到家。",
    "我平时都在你们这里买东西，一直都觉得还可以的。",
    "今天我老婆说让我打个电话过来。",
    "不好意思啊，我这边在外面，路上有点吵。",
    "我刚才在手机上面看了半天。",
)
"""Two to five seconds each; none of them asks for anything."""


def stories(voices: Sequence[str]) -> dict[str, list[bytes]]:
    """The stories in these voices: 8 kHz, 16-bit; whole frames."""
    from voicebot import models
    from voicebot.tts.cache import PartCache
    from voicebot.tts.speaker import Speaker
    from voicebot.tts.voices import KOKORO, cache_folder, open_voice

    found = {}
    for voice in voices:
        speaker = Speaker(open_voice(voice, 1.0, lambda: models.folder(KOKORO)), PartCache(cache_folder()))
        found[voice] = [b"".join(speaker.synthesize(text)) for text in STORIES]
    return found


class Talker(FixtureCaller):
    """A recorded caller with more to say."""

    def __init__(self, fixture: Fixture, told: Mapping[str, Sequence[bytes]] | None = None) -> None:
        """`told`: stories by voice; none: he says what was recorded, and rings off when that is answered."""
        super().__init__(fixture)
        self._turns_in_all = fixture.script.turns
        self._told = cycle(told[fixture.script.voice]) if told else None
        self._stories_in_all = len(told[fixture.script.voice]) if told else 0
        self._length = self._said = self._bot_said = 0.0

    def tick(self, at: float, bot_speaks: bool) -> list[Event]:
        """What he does in this 20 ms."""
        self._length = at
        self._bot_said += FRAME_S * bot_speaks
        events = super().tick(at, bot_speaks)
        if self._frames:
            self._said += FRAME_S
            self._bot_spoke = False  # what the bot said meanwhile does not answer him
        if self._nothing_left and not any(isinstance(event, HungUp) for event in events):
            answered = self._bot_spoke and not bot_speaks and at > self._bot_last + SATISFIED_S
            if answered or (not bot_speaks and at > self._own_end + UNANSWERED_S):
                events.append(HungUp(at, "caller"))
        return events

    @property
    def _nothing_left(self) -> bool:
        return self._place == len(self._turns_in_all) and not self._frames and not self._keys

    def _begin(self, turn: object, times: TurnTimes, at: float) -> None:
        super()._begin(turn, times, at)
        if self._told is None or not isinstance(turn, CallerTurn) or not self._free:
            return
        story, wanted = b"", MADE_UP * (at + len(self._frames) * FRAME_S) - self._said
        wanted = (wanted - len(self._frames) * FRAME_S) / (1 - MADE_UP)
        for _ in range(min(MOST_STORIES, self._stories_in_all)):
            told = next(self._told)
            if (len(story) + len(told) / 2) / FRAME_BYTES * FRAME_S > wanted:
                break
            story += told + silence(BREATH_MS)
        frames = [
            story[i : i + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for i in range(0, len(story), FRAME_BYTES)
        ]
        self._frames += frames[::-1]
        if frames and times.speech_end is not None:
            times.speech_start = at
            times.speech_end += len(frames) * FRAME_S

    @property
    def _free(self) -> bool:
        """May anything be said now?"""
        before = [turn for turn in self._turns_in_all[: self._place] if isinstance(turn, BotTurn)]
        return bool(before) and before[-1].bot.expecting is None

    def _due(self, turn: object, at: float, bot_speaks: bool) -> bool:
        if self._told is None:
            return super()._due(turn, at, bot_speaks)
        if super()._due(turn, at, bot_speaks):
            return bot_speaks or not self._thinks(turn, at)
        greeted = any(not isinstance(before, BotTurn) for before in self._turns_in_all[: self._place])
        too_much = self._bot_said > BOT_SHARE * self._length and at > self._bot_began + PATIENT_S
        later = isinstance(turn, CallerTurn | HangUpTurn)
        return greeted and later and bot_speaks and self._bot_spoke and too_much

    def _thinks(self, turn: object, at: float) -> bool:
        """Have both said so much that it is time for silence?"""
        if not isinstance(turn, CallerTurn) or at > self._bot_last + THINKS_S:
            return False
        return self._said > CALLER_SHARE * at or self._bot_said > BOT_SHARE * at
