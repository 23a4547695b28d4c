"""Scenarios that wait for real time, run side by side: each is a coroutine function, and a test of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Scenario = Callable[[], Awaitable[None]]


class Together:
    """Collects the scenarios of a module and runs them all at once, when the first outcome is wanted."""

    def __init__(self, within_s: float = 120.0) -> None:
        self._scenarios: dict[str, Scenario] = {}
        self._outcomes: dict[str, BaseException | None] = {}
        self._within_s = within_s

    def __call__(self, scenario: Scenario) -> Scenario:
        self._scenarios[scenario.__name__] = scenario
        return scenario

    @property
    def names(self) -> list[str]:
        return list(self._scenarios)

    def check(self, name: str) -> None:
        """Raise what went wrong in this scenario."""
        if not self._outcomes:
            self._outcomes = asyncio.run(self._run())
        error = self._outcomes[name]
        if error is not None:
            raise error

    async def _run(self) -> dict[str, BaseException | None]:
        jobs = [self._timed(scenario) for scenario in self._scenarios.values()]
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
        return dict(zip(self._scenarios, outcomes, strict=True))

    async def _timed(self, scenario: Scenario) -> None:
        async with asyncio.timeout(self._within_s):
            await scenario()
