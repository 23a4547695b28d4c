"""Tables of contacts that were sent in and whose columns are still to be chosen: kept in memory for a while."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.campaign.definition import Audience, Columns
from voicebot.errors import VoicebotError

LASTS_S = 1800.0
MOST = 16
"""Tables at once; the oldest goes for a new one."""
OWN = {
    "phone": "号码",
    "zone": "时区",
    "consent_source": "同意来源",
    "consent_date": "同意日期",
    "consent_kind": "同意方式",
}
"""What every campaign may take from a table, besides its facts."""
FACT = "fact."


@dataclass(frozen=True, slots=True)
class Received:
    """A table that somebody sent in for a campaign."""

    who: str
    campaign: str
    name: str
    data: bytes
    until: float


@dataclass
class Waiting:
    """The tables that wait. `now` in seconds that never go back. Safe from several threads."""

    now: Callable[[], float]
    _tables: dict[str, Received] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, who: str, campaign: str, name: str, data: bytes) -> str:
        """Keep it; gives the word under which it can be had again by the same user."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._tables = {key: one for key, one in self._tables.items() if one.until > self.now()}
            while len(self._tables) >= MOST:
                self._tables.pop(next(iter(self._tables)))
            self._tables[token] = Received(who, campaign, name, data, self.now() + LASTS_S)
        return token

    def take(self, token: str, who: str, campaign: str) -> Received:
        """Have it back. Raises VoicebotError when it is not there any more, or is another's."""
        with self._lock:
            found = self._tables.get(token)
        if found is None or (found.who, found.campaign) != (who, campaign) or found.until <= self.now():
            raise VoicebotError("这份名单已经不在了，请重新选择文件。")
        return found

    def drop(self, token: str) -> None:
        """It was imported."""
        with self._lock:
            self._tables.pop(token, None)


def wanted(audience: Audience, known: Mapping[str, Any]) -> dict[str, str | None]:
    """What may be taken from a table, each with the column that the campaign names: its own, then the facts that the
    dialogue (`known`: constants.contact) speaks of."""
    columns = audience.columns
    own: dict[str, str | None] = {name: getattr(columns, name) for name in OWN}
    names = dict.fromkeys([*columns.facts, *known])
    return own | {f"{FACT}{name}": columns.facts.get(name) for name in names}


def chosen(audience: Audience, columns: Mapping[str, str]) -> Audience:
    """The audience with these columns; what is empty is taken from nowhere. Raises VoicebotError without a number."""
    given = {name: column for name, column in columns.items() if column}
    if "phone" not in given:
        raise VoicebotError("请选择号码在哪一列。")
    facts = {name.removeprefix(FACT): column for name, column in given.items() if name.startswith(FACT)}
    own = {name: given[name] for name in OWN if name in given}
    return audience.model_copy(update={"columns": Columns(**own, facts=facts)})
