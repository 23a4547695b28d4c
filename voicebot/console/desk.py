"""What the console works with, joined once by the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from voicebot.console.campaign_office import CampaignOffice
from voicebot.console.errands import Errands
from voicebot.console.knowledge_office import KnowledgeOffice
from voicebot.console.patience import Patience
from voicebot.console.training_office import TrainingOffice
from voicebot.records.memory import Memory
from voicebot.runtime.agent_desk import AgentDesk
from voicebot.runtime.human_voice import Scribe
from voicebot.runtime.live import Hub
from voicebot.web.origin import Origins


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """`shop` stands in every page's head. `fen_per_minute` is what a begun minute costs, by the line's name."""

    shop: str = "voicebot"
    fen_per_minute: Mapping[str, float] = field(default_factory=dict)
    reveal_reasons: tuple[str, ...] = ("联系客户", "核对订单", "处理投诉", "质量检查", "客户本人要求")


@dataclass(frozen=True, slots=True)
class Live:
    """The calls that go on, the agent desk, and what helps a human in a call; without a scribe his voice is not
    written down."""

    hub: Hub
    agents: AgentDesk
    scribe: Scribe | None = None


def nothing_live() -> Live:
    """A console beside which no calls are answered."""
    hub = Hub()
    return Live(hub, AgentDesk(hub, lambda: 0.0))


@dataclass(frozen=True)
class Desk:
    """`now` is the shop's local time, `clock` seconds that never go back."""

    memory: Memory
    origins: Origins
    now: Callable[[], datetime]
    clock: Callable[[], float]
    options: ConsoleOptions = field(default_factory=ConsoleOptions)
    live: Live = field(default_factory=nothing_live)
    campaigns: CampaignOffice | None = None
    knowledge: KnowledgeOffice | None = None
    training: TrainingOffice | None = None
    errands: Errands = field(default_factory=Errands)
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "patience", Patience(self.clock))
