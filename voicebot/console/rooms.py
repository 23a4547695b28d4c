"""Every room of the console, and the navigation of those that have a door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from voicebot.console import (
    agents,
    api,
    calls,
    campaigns,
    knowledge,
    live,
    login,
    numbers,
    people,
    statics,
    tickets,
    training,
)
from voicebot.console.desk import Desk
from voicebot.records.users import Role, User


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the navigation, for users with at least this role."""

    path: str
    title: str
    role: Role


PLACES: list[Place] = [
    Place("/console/desk", "坐席台", "agent"),
    Place("/console/live", "实时", "operations"),
    Place("/console/tickets", "工单", "agent"),
    Place("/console/calls", "通话", "operations"),
    Place("/console/knowledge", "知识", "operations"),
    Place("/console/campaigns", "外呼", "operations"),
    Place("/console/numbers", "数据", "operations"),
    Place("/console/users", "用户", "admin"),
    Place("/console/audit", "审计", "admin"),
]
ROOMS: list[Callable[[Desk], APIRouter]] = [
    statics.routes,
    login.routes,
    login.own_routes,
    agents.routes,
    live.routes,
    tickets.routes,
    calls.routes,
    knowledge.routes,
    training.routes,
    campaigns.routes,
    numbers.routes,
    people.routes,
    people.audit_routes,
    api.routes,
]


def places_for(user: User) -> list[Place]:
    """The navigation of this user."""
    return [place for place in PLACES if user.may(place.role)]


def routers(desk: Desk) -> list[APIRouter]:
    """All routers of the console."""
    return [routes(desk) for routes in ROOMS]
