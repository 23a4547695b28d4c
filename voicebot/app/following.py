"""Several servers may share a database: what is published at one holds at the others soon."""

from __future__ import annotations

from voicebot.app.beating import Beating
from voicebot.app.knowledge_office import ShopKnowledge
from voicebot.app.training_office import ShopTraining

EVERY_S = 30.0


def following(known: ShopKnowledge, taught: ShopTraining, every_s: float = EVERY_S) -> Beating:
    """Looks for what others have published, until it is closed; calls that begin afterwards have it."""

    def look() -> None:
        known.catch_up()
        taught.catch_up()

    return Beating(look, every_s, "what was published elsewhere does not hold here")
