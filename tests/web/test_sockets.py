import asyncio
from typing import Any

import pytest

from voicebot.web.sockets import Outbox, first_of


def run(test: Any) -> None:
    asyncio.run(test)


def test_messages_go_out_in_order_and_the_rest_before_the_end() -> None:
    async def test() -> None:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            await asyncio.sleep(0)
            sent.append(message)

        outbox = Outbox(send)
        outbox.put(["a", "b"])
        outbox.put([b"1"], audio=True)
        outbox.close()
        outbox.put(["too late"])
        await outbox.run()
        assert sent == ["a", "b", b"1"]

    run(test())


def test_audio_that_is_not_taken_is_left_out_and_words_are_not() -> None:
    async def test() -> None:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        outbox = Outbox(send, audio_frames=3)
        for number in range(10):
            outbox.put([bytes([number])], audio=True)
            outbox.put([str(number)])
        assert outbox.unsent == 7
        outbox.drop_audio()
        outbox.put([b"new"], audio=True)
        outbox.close()
        await outbox.run()
        assert sent == [*"0123456789", b"new"]

    run(test())


def test_a_stuck_peer_is_given_up() -> None:
    async def test() -> None:
        outbox = Outbox(lambda _: asyncio.sleep(60), stuck_s=0.02)
        outbox.put(["x"])
        with pytest.raises(TimeoutError):
            await outbox.run()

    run(test())


def test_the_first_to_end_ends_the_others_and_its_fault_is_told() -> None:
    async def test() -> None:
        ended: list[str] = []

        async def long() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append("long")

        async def wrong() -> None:
            raise LookupError

        with pytest.raises(LookupError):
            await first_of(long(), wrong())
        assert ended == ["long"]

    run(test())
