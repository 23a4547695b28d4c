"""Long work that a page begins and does not wait for: one piece after the other; pages ask how it stands."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from voicebot.errors import VoicebotError

log = logging.getLogger(__name__)

MOST_KEPT = 50

State = Literal["running", "done", "failed"]


@dataclass
class Errand:
    """One piece of work: `about` is what it is for, `who` has asked for it; `found` is there when it is done."""

    key: str
    who: str
    about: Any
    state: State = "running"
    found: Any = None
    why: str = ""
    over: threading.Event = field(default_factory=threading.Event)


class Errands:
    """The newest fifty pieces of work of this process."""

    def __init__(self) -> None:
        self._errands: OrderedDict[str, Errand] = OrderedDict()
        self._guard = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def begin(self, who: str, about: Any, work: Callable[[], Any]) -> Errand:
        """Do this in a thread of its own, after what is being done already. A VoicebotError of it is told."""
        errand = Errand(secrets.token_urlsafe(12), who, about)
        with self._guard:
            self._errands[errand.key] = errand
            while len(self._errands) > MOST_KEPT:
                self._errands.popitem(last=False)
        threading.Thread(target=self._run, args=(errand, work), name="errand", daemon=True).start()
        return errand

    def get(self, key: str, kind: type) -> Errand | None:
        """The piece of work of this key, if it is about something of this kind; None when it is not known any more."""
        with self._guard:
            found = self._errands.get(key)
        return found if found is not None and isinstance(found.about, kind) else None

    def _run(self, errand: Errand, work: Callable[[], Any]) -> None:
        with self._one_at_a_time:
            try:
                errand.found, errand.state = work(), "done"
            except VoicebotError as error:
                errand.why, errand.state = str(error), "failed"
            except Exception as error:  # whatever it was: the page must not wait for ever
                log.exception("errand failed", extra={"why": type(error).__name__})
                errand.why, errand.state = "程序出错，请稍后再试", "failed"
        errand.over.set()
