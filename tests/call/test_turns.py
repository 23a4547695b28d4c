import pytest

from voicebot.call.turns import TABLE, Floor, Signal, move


def test_every_pair_of_state_and_signal_stands_in_the_table() -> None:
    assert set(TABLE) == set(Floor)
    assert all(set(row) == set(Signal) for row in TABLE.values())


@pytest.mark.parametrize(
    ("signals", "floor"),
    [
        ([Signal.BOT_BEGAN, Signal.BOT_DONE, Signal.VOICE, Signal.PAUSE, Signal.TAKEN], Floor.NOBODY),
        ([Signal.BOT_BEGAN, Signal.VOICE, Signal.BOT_DONE], Floor.CALLER),
        ([Signal.VOICE, Signal.PAUSE, Signal.BOT_BEGAN, Signal.VOICE], Floor.BOTH),
        ([Signal.BOT_BEGAN, Signal.VOICE, Signal.PAUSE, Signal.TAKEN], Floor.BOT),
        ([Signal.VOICE, Signal.PAUSE, Signal.VOICE], Floor.CALLER),
    ],
)
def test_conversations(signals: list[Signal], floor: Floor) -> None:
    state = Floor.NOBODY
    for signal in signals:
        state = move(state, signal)
    assert state is floor


def test_every_floor_can_be_reached_and_left() -> None:
    reached = {there for row in TABLE.values() for there in row.values()}
    assert reached == set(Floor)
    assert all(any(there is not here for there in row.values()) for here, row in TABLE.items())
