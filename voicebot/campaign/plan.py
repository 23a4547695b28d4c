"""Who is rung next, and when; and who is not, and why.

            refused by a rule ──► Over            windows of the law ─┐
    history ── final, or tried often enough ──► Over   of the campaign ├─ the first instant that all allow ──► Due
            └─ retry after, or the time that he named ──► not before ──┘   holidays, calls a day and a week

All of it is a function of values: the same history and the same `now` give the same answer, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from voicebot.campaign.definition import Definition
from voicebot.campaign.hours import AtMost, Hours, NotOn, Restriction, Span, beginning, opening, zone_of
from voicebot.campaign.law import ConsentRule, DoNotCallRule, HolidaysRule, HoursRule, Law, MostCallsRule
from voicebot.campaign.outcomes import FINAL


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign and the law say together."""

    definition: Definition
    law: Law


@dataclass(frozen=True, slots=True)
class Consented:
    """Consent as it was recorded."""

    source: str
    day: datetime
    kind: str = "express"


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever may be rung. `zones`: where the number may be; every one of them counts. `key` is the caller's own."""

    phone: str
    country: str
    zones: tuple[str, ...]
    area: str | None = None
    consents: tuple[Consented, ...] = ()
    do_not_call: str | None = None
    """Where he said that he is not to be rung, if he did."""
    key: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call of this campaign: when it was over, what came of it, and the time that the customer named, if any."""

    at: datetime
    outcome: str
    wish: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What was before: the campaign's calls in order, and the times of all calls to the number."""

    attempts: tuple[Attempt, ...] = ()
    calls: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """The rule that forbids or puts off, the law that it comes from, and what it says."""

    rule: str
    law: str
    says: str

    def __str__(self) -> str:
        return f"{self.says} ({self.rule}: {self.law})"


@dataclass(frozen=True, slots=True)
class Due:
    """He is rung at this time, not earlier; `because`: the rule that put it off, if one did."""

    at: datetime
    callback: bool = False
    because: Reason | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """He is not rung any more: a rule forbids it (refused), it is done, or it was tried often enough (spent)."""

    state: Literal["refused", "done", "spent"]
    because: Reason


Next = Due | Over
ANOTHER_DAY = timedelta(days=1)
"""Who wants to be rung another time and names none is rung then."""
NOBODY = History()


def forbidden(terms: Terms, person: Person, now: datetime) -> Reason | None:
    """The rule that forbids to ring this person at all, as things are now."""
    law, legal_class = terms.law, terms.definition.legal_class
    if person.country not in law.countries:
        listed = ", ".join(law.countries)
        return Reason(
            "country", law.name, f"the number is in {person.country}, these rules are those of {listed}"
        )
    if not person.zones and not (terms.definition.zone or law.zone):
        return Reason("zone", law.name, "nobody knows what time it is where this number is")
    for barred in law.of(DoNotCallRule, legal_class, person.area):
        if person.do_not_call is not None:
            return Reason(barred.id, barred.law, f"{barred.says} [{person.do_not_call}]")
    for rule in law.of(ConsentRule, legal_class, person.area):
        if not any(_covers(rule, consent, now) for consent in person.consents):
            return Reason(rule.id, rule.law, rule.says)
    return None


def _covers(rule: ConsentRule, consent: Consented, now: datetime) -> bool:
    fresh = rule.lasts_days is None or now - consent.day <= timedelta(days=rule.lasts_days)
    return fresh and consent.day <= now and (rule.kind == "express" or consent.kind == "written")


def next_call(terms: Terms, person: Person, history: History, now: datetime) -> Next:
    """When this person is rung next, at `now` or later; or why he is not."""
    reason = forbidden(terms, person, now)
    if reason is not None:
        return Over("refused", reason)
    wanted = _wanted(terms, history, now)
    if isinstance(wanted, Over):
        return wanted
    rules, reasons = _restrictions(terms, person, history, wanted.callback)
    at, by = opening(rules, wanted.at)
    if at is None:
        assert by is not None
        return Over("spent" if history.attempts else "refused", reasons[by])
    return Due(at, wanted.callback, None if by is None else reasons[by])


def _wanted(terms: Terms, history: History, now: datetime) -> Next:
    """When he is to be rung as far as the campaign's own history goes, before any hours are looked at."""
    attempts = [attempt for attempt in history.attempts if attempt.outcome != "not_asked"]
    if not attempts:
        return Due(now)
    last, name = attempts[-1], terms.definition.name
    if last.outcome in FINAL:
        return Over("done", Reason(last.outcome, name, f"the last call's outcome is {last.outcome}"))
    spent = _spent(terms.definition, attempts)
    if spent is not None:
        return Over("spent", spent)
    if last.outcome == "callback":
        return Due(max(now, last.wish or last.at + ANOTHER_DAY), callback=last.wish is not None)
    return Due(max(now, last.at + terms.definition.retries.of(last.outcome).after))


def _spent(definition: Definition, attempts: Sequence[Attempt]) -> Reason | None:
    """Why it was tried often enough, if it was."""
    retries, name, last = definition.retries, definition.name, attempts[-1].outcome
    same = sum(attempt.outcome == last for attempt in attempts)
    named = sum(attempt.outcome == "callback" for attempt in attempts)
    if last == "callback":
        often = f"he has named a time {named} times"
        return Reason("callbacks", name, often) if named > retries.callbacks else None
    if same > retries.of(last).times:
        return Reason(f"retries.{last}", name, f"{last} {same} times")
    if len(attempts) - named >= retries.most:
        return Reason("retries.most", name, f"rung {len(attempts)} times")
    return None


def _restrictions(
    terms: Terms, person: Person, history: History, callback: bool
) -> tuple[list[Restriction], list[Reason]]:
    """Everything that a time must satisfy, with who says so."""
    definition, law = terms.definition, terms.law
    zones = zones_of(terms, person)
    outside = Reason("starts, ends", definition.name, "outside the campaign's days")
    found: list[tuple[Restriction, Reason]] = [(_span(definition, zones), outside)]
    if not callback:
        own = Reason("windows", definition.name, "outside the campaign's windows")
        found += [(Hours(zone, definition.windows), own) for zone in zones]
    for rule in law.of(HoursRule, definition.legal_class, person.area):
        if rule.callbacks or not callback:
            found += [(Hours(zone, rule.windows), _reason(rule)) for zone in zones]
    for closed in law.of(HolidaysRule, definition.legal_class, person.area):
        if closed.callbacks or not callback:
            found += [(NotOn(zone, closed.days), _reason(closed)) for zone in zones]
    for most in law.of(MostCallsRule, definition.legal_class, person.area):
        if most.callbacks or not callback:
            found.append((AtMost(most.calls, timedelta(hours=most.hours), history.calls), _reason(most)))
    return [rule for rule, _ in found], [reason for _, reason in found]


def zones_of(terms: Terms, person: Person) -> tuple[str, ...]:
    """The zones that count for this person: his number's, else the campaign's, else the country's."""
    otherwise = terms.definition.zone or terms.law.zone
    return person.zones or ((otherwise,) if otherwise else ())


def _reason(rule: HoursRule | HolidaysRule | MostCallsRule) -> Reason:
    return Reason(rule.id, rule.law, rule.says)


def _span(definition: Definition, zones: Sequence[str]) -> Span:
    begins = [beginning(definition.starts, zone_of(zone)) for zone in zones] if definition.starts else []
    after = definition.ends + timedelta(days=1) if definition.ends else None
    ends = [beginning(after, zone_of(zone)) for zone in zones] if after else []
    return Span(max(begins, default=None), min(ends, default=None))


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is rung, the soonest first, and who is not."""

    due: tuple[tuple[Person, Due], ...]
    over: tuple[tuple[Person, Over], ...]


def plan(terms: Terms, people: Iterable[Person], history: Mapping[int, History], now: datetime) -> Plan:
    """Everybody's next call; `history` by the persons' keys. Of two due at the same time a callback goes first."""
    due: list[tuple[Person, Due]] = []
    over: list[tuple[Person, Over]] = []
    for person in people:
        found = next_call(terms, person, history.get(person.key, NOBODY), now)
        if isinstance(found, Due):
            due.append((person, found))
        else:
            over.append((person, found))
    due.sort(key=lambda one: (one[1].at, not one[1].callback, one[0].key))
    return Plan(tuple(due), tuple(over))


def at_once(terms: Terms, person: Person, history: History, now: datetime, within: timedelta) -> Next:
    """As `next_call`, but due now only if the call is allowed for all of the time that asking for it may take."""
    found = next_call(terms, person, history, now)
    if not isinstance(found, Due) or found.at > now:
        return found
    later = next_call(terms, person, history, now + within)
    if isinstance(later, Due) and later.at > now + within:
        return later
    return later if isinstance(later, Over) and later.state == "refused" else found


def aware(text: str) -> datetime:
    """An ISO time; without a zone it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
