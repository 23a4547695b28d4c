from collections.abc import Callable

import pytest

from tests.call.talking import Talk
from voicebot.call import CallOptions


@pytest.mark.parametrize("patience", [1.0, 3.0])
def test_who_types_is_given_more_time(fresh: Callable[..., Talk], patience: float) -> None:
    waits = []
    for options in (CallOptions(), CallOptions(patience=patience)):
        talk = fresh(options)
        talk.answer()
        talk.play_out()
        assert talk.call.deadline is not None
        waits.append(talk.call.deadline - talk.at)
    assert waits[1] == pytest.approx(waits[0] * patience)
