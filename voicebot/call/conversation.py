"""The dialogue's side of a call: its state, what was last asked, and the answer that is prepared on speculation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from voicebot.actions import Do, HangUp, Record, Transfer
from voicebot.call.evidence import clearness, numbers
from voicebot.dialogue import TRANSCRIPT, Reply, Said, Script, Speech, Spoke, State, begin, step, story_of
from voicebot.events import Transcript
from voicebot.nlu.mood import Behaviour, MoodTrack, mood_of_words, update
from voicebot.nlu.understanding import Slot, Understanding
from voicebot.nlu.voice import VoiceFeatures

SAID_OFTEN = frozenset({"affirm", "deny", "inform", "thanks", "wait"})
"""Whoever says these twice does not repeat himself."""

RESCUED = "rescued"
"""The dialogue's count of how often the call itself gave the caller to a human."""

Understand = Callable[[Transcript, str | None, Sequence[str]], Understanding]
"""Reads a transcript in the light of what was asked, and of the numbers that are known to be the caller's own."""


@dataclass(frozen=True, slots=True)
class Tentative:
    """An answer to what the caller seems to have said; `base` is the state that it was made from."""

    transcript: Transcript
    said: Spoke
    base: State
    state: State
    reply: Reply
    mood: MoodTrack

    @property
    def understanding(self) -> Understanding:
        """What he seems to mean."""
        return self.said.understanding


class Conversation:
    """A fold of the dialogue over what was said, with one step that can be taken back."""

    def __init__(
        self,
        script: Script,
        call_id: str,
        understand: Understand,
        apology: str,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self._script = script
        self._understand = understand
        self._apology = apology
        self._lines: list[dict[str, Any]] = []
        self._mood = MoodTrack()
        self._wanted = ""
        self._repeats = 0
        self.barge_ins = 0
        self.state = begin(script, call_id, given)
        self.question = Reply()

    def note(self, at: float, who: str, text: str) -> None:
        """Keep one line of the transcript for the story; `at` in seconds since the call began."""
        self._lines.append({"at": round(at, 2), "who": who, "text": text})

    def take(self, said: Said) -> Reply:
        """One step of the dialogue; the question that it asks is the current one afterwards."""
        self.state, reply = self._step(self.state, said)
        self.question = reply
        return reply

    def preview(self, said: Said) -> Reply:
        """What the dialogue would reply to this now; nothing comes of it."""
        return self._step(self.state, said)[1]

    def speculate(
        self, transcript: Transcript, expecting: str | None, voice: VoiceFeatures | None = None
    ) -> Tentative:
        """What the answer would be if the caller said no more; `voice` is how he sounded."""
        read = self._understand(transcript, expecting, self.own_numbers())
        behaviour = Behaviour(
            self.barge_ins, self._repeats + (read.intent == self._wanted and read.intent not in SAID_OFTEN)
        )
        mood = update(self._mood, mood_of_words(read.text), voice, behaviour)
        said = Spoke(
            replace(read, mood=mood.mood),
            clearness(transcript),
            numbers(transcript, read.text),
            self._parts(read, expecting),
        )
        state, reply = self._step(self.state, said)
        return Tentative(transcript, said, self.state, state, reply, mood)

    def _parts(self, read: Understanding, expecting: str | None) -> dict[str, Mapping[str, Slot]]:
        """The details of each of several wishes, from the words in which it was said."""
        if len(read.intents) < 2:
            return {}
        return {
            wish.name: self._understand(Transcript.of(wish.text), expecting, ()).slots
            for wish in read.intents
            if wish.text
        }

    def own_numbers(self) -> list[str]:
        """The number that he rings from, if it is a customer's, and those of his orders that were looked up."""
        state = self.state
        own = [state.caller] if state.caller and state.customer else []
        for bound in state.values.values():
            orders = bound.value.get("orders", []) if isinstance(bound.value, Mapping) else []
            own += [str(order.get("order_number", "")) for order in orders if isinstance(order, Mapping)]
        return own

    def overhear(self, transcript: Transcript) -> Understanding:
        """What the caller said to somebody else; the dialogue does not hear it, his mood is felt."""
        read = self._understand(transcript, None, self.own_numbers())
        self._mood = update(self._mood, mood_of_words(read.text), None, Behaviour(0, 0))
        return replace(read, mood=self._mood.mood)

    def ask_nothing(self) -> None:
        """What was asked is not waited for."""
        self.question = Reply()

    def commit(self, tentative: Tentative) -> Reply:
        """The caller said no more: the speculation becomes true."""
        self._mood = tentative.mood
        wanted = tentative.understanding.intent
        self._repeats += wanted == self._wanted and wanted not in SAID_OFTEN
        self._wanted = wanted
        if tentative.base is not self.state:
            return self.take(tentative.said)
        self.state, self.question = tentative.state, tentative.reply
        return tentative.reply

    def told(self, transfer: Transfer) -> Transfer:
        """The transfer with every line of the conversation in its story."""
        return Transfer(transfer.to, {**transfer.story, "transcript": list(self._lines)})

    def with_transcript(self, deed: Do) -> Do:
        """The deed with the conversation so far, one line of it a line, where it asks for that."""
        wants = [name for name, value in deed.arguments.items() if value == TRANSCRIPT]
        if not wants:
            return deed
        who = {"caller": "客户", "bot": "客服", "agent": "客服"}
        text = "\n".join(f"{who[line['who']]}：{line['text']}" for line in self._lines)
        return replace(deed, arguments={**deed.arguments, **dict.fromkeys(wants, text)})

    def rescue(self, why: str, *, aloud: bool = True) -> Reply:
        """An apology and a human, when nothing else can be trusted; `aloud` is False when the voice is lost."""
        self.state, self.question = self._rescue(self.state, why, aloud=aloud)
        return self.question

    def _step(self, state: State, said: Said) -> tuple[State, Reply]:
        try:
            return step(self._script, state, said)
        except Exception as error:  # a caller is never left in silence, whatever the script does
            return self._rescue(state, f"{type(error).__name__}: {error}")

    def _rescue(self, state: State, why: str, *, aloud: bool = True) -> tuple[State, Reply]:
        """The script knows that a human is sought, and goes on when none comes. The second time it is over."""
        failed = Record("failed", {"why": why})
        if state.counts.get(RESCUED):
            return replace(state, ended="ended"), Reply(actions=(failed, HangUp("failure")))
        state = replace(state, transferring=RESCUED, outstanding=None, counts={**state.counts, RESCUED: 1})
        human = Transfer("service", {**story_of(self._script, state, "failure"), "why": why})
        return state, Reply(speech=(Speech(self._apology, False),) if aloud else (), actions=(failed, human))
