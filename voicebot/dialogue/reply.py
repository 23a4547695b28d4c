"""What the dialogue wants after one step: speech, actions, and what it expects to hear next."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.actions import Do, HangUp, Look, Record, Transfer


@dataclass(frozen=True, slots=True)
class Speech:
    """One thing to say, as written (128.5元, 2026-11-20); not `interruptible` for what the law wants heard."""

    text: str
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """How keys make one answer: at least `min`, done at `max` or at the terminator."""

    min: int
    max: int
    terminator: str = "#"


Wish = Look | Do | Transfer | Record | HangUp


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one Said.

    `actions` are carried out in order; Transfer and HangUp take effect after the speech was heard. `expecting`
    names the grammar for what is heard next (None: anything). `silence_ms` is how long the bot waits after it
    has finished, before WasSilent; None when it waits for an Answer or a human, not for the caller. `matched`
    says that this utterance was taken as an answer or a clear wish, so its endpoint may be short.
    """

    speech: tuple[Speech, ...] = ()
    actions: tuple[Wish, ...] = ()
    expecting: str | None = None
    keys: Keys | None = None
    silence_ms: int | None = None
    matched: bool = False

    @property
    def text(self) -> str:
        """Everything that is said, in one string."""
        return "".join(speech.text for speech in self.speech)
