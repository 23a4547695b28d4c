"""What Asterisk's events lead to: the requests, in order, and what the call is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from voicebot.events import Event, HungUp, TransferFailed, Transferred
from voicebot.telephony.ari import AriProtocol
from voicebot.telephony.ari_call import AriCall, AriOptions
from voicebot.telephony.ari_requests import Request
from voicebot.telephony.reception import Ring

NUMBERS = {"service": "PJSIP/600", "returns": "queue:returns", "far": "700@outside"}
STORY = {"spoken": "尾号6612的客户想退货", "transcript": [{"text": "退货"}]}


@dataclass
class Running:
    at: float = 5.0
    events: list[Event] = field(default_factory=list)

    def post(self, event: Event) -> None:
        self.events.append(event)


class Far:
    """An Asterisk that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.requests: list[Request] = []
        self.protocol = AriProtocol(AriOptions(numbers=NUMBERS, media_address="bot:9092"), self._ask)
        self.running = Running()
        self.name = ""

    def _ask(self, call: AriCall, requests: list[Request]) -> None:
        self.requests += requests
        self.asked += [(request.method, request.path.replace(call.name, "U")) for request in requests]

    def start(self, channel: str, *args: str, **about: Any) -> None:
        self.protocol.receive(
            {"type": "StasisStart", "args": list(args), "channel": {"id": channel, **about}}
        )

    def destroy(self, channel: str, cause: int = 16) -> None:
        self.protocol.receive({"type": "ChannelDestroyed", "cause": cause, "channel": {"id": channel}})

    def ring(self) -> None:
        """A caller has come in and speaks with the bot."""
        self.start("caller", caller={"number": "13800006612"}, dialplan={"exten": "4008"})
        (self.name,) = self.protocol._calls
        assert self.protocol.ring(self.name) is not None
        self.protocol._calls[self.name].call = self.running
        self.start(f"voicebot-media-{self.name}")
        self.asked.clear()
        self.requests.clear()

    def transfer(self, to: str) -> bool:
        return self.protocol.transfer(self.name, to, STORY, self.running)

    @property
    def human(self) -> str:
        return self.protocol._calls[self.name].human


def ringing() -> Far:
    far = Far()
    far.ring()
    return far


CLEAN = [("DELETE", "/channels/voicebot-media-U"), ("DELETE", "/bridges/voicebot-bridge-U")]


def test_a_caller_is_answered_and_joined_to_the_media_when_that_is_there() -> None:
    far = Far()
    far.start("caller", caller={"number": "13800006612"}, dialplan={"exten": "4008"})
    (name,) = far.protocol._calls
    assert far.asked == [
        ("POST", "/channels/caller/answer"),
        ("POST", "/applications/voicebot/subscription"),
        ("POST", "/bridges/voicebot-bridge-U"),
        ("POST", "/bridges/voicebot-bridge-U/addChannel"),
        ("POST", "/channels/externalMedia"),
    ]
    assert far.requests[-1].query == {
        "app": "voicebot", "external_host": "bot:9092", "format": "slin", "encapsulation": "audiosocket",
        "transport": "tcp", "data": name, "channelId": f"voicebot-media-{name}",
    }  # fmt: skip
    ring = far.protocol.ring(name)
    assert ring is not None
    assert (ring.call_id, ring.caller, ring.called) == (name, "13800006612", "4008")
    far.start(f"voicebot-media-{name}")
    assert far.asked[-1] == ("POST", "/bridges/voicebot-bridge-U/addChannel")
    assert far.requests[-1].query == {"channel": f"voicebot-media-{name}"}


def test_a_human_answers_and_the_bot_leaves() -> None:
    far = ringing()
    assert far.transfer("service") is False
    _moh, place = far.requests
    assert place.query["endpoint"] == "PJSIP/600"
    assert place.query["callerId"] == '"尾号6612的客户想退货" <13800006612>'
    assert place.body is not None
    variables = place.body["variables"]
    assert variables["VOICEBOT_SPOKEN"] == "尾号6612的客户想退货"
    assert json.loads(variables["VOICEBOT_STORY"]) == STORY
    human = far.human
    far.start(human, "human", far.name)
    assert far.asked[2:] == [
        ("DELETE", "/bridges/voicebot-bridge-U/moh"),
        ("POST", "/bridges/voicebot-bridge-U/addChannel"),
        ("DELETE", "/channels/voicebot-media-U"),
    ]
    assert far.running.events == [Transferred(5.0)]
    far.asked.clear()
    far.protocol.ended(far.name)
    assert ("DELETE", "/channels/caller") not in far.asked
    far.destroy(human)
    assert far.asked[-3:] == [*CLEAN, ("DELETE", "/channels/caller")]
    assert far.protocol._calls == {}


def test_a_human_who_is_not_reached_leaves_the_caller_with_the_bot() -> None:
    for cause, why in ((17, "busy"), (19, "no answer"), (21, "declined"), (20, "closed"), (38, "failed")):
        far = ringing()
        far.transfer("service")
        far.destroy(far.human, cause)
        assert far.running.events == [TransferFailed(5.0, why)]
        assert far.asked[-1] == ("DELETE", "/bridges/voicebot-bridge-U/moh")
        assert far.transfer("service") is False


def test_asterisk_refuses_to_ring_the_human() -> None:
    far = ringing()
    far.transfer("service")
    far.protocol.refused(far.protocol._calls[far.name], far.requests[-1])
    assert far.running.events == [TransferFailed(5.0, "failed")]


def test_a_caller_who_hangs_up_while_the_human_is_rung() -> None:
    far = ringing()
    far.transfer("service")
    human = far.human
    far.asked.clear()
    far.destroy("caller")
    assert far.asked == [("DELETE", f"/channels/{human}"), *CLEAN]
    assert far.running.events == [HungUp(5.0, "caller")]
    far.asked.clear()
    far.start(human, "human", far.name)
    assert far.asked == [("DELETE", f"/channels/{human}".replace(human, "U"))]


def test_a_queue_is_the_dialplans_and_takes_the_story_along() -> None:
    far = ringing()
    assert far.transfer("returns") is True
    given = {
        r.query["variable"]: (r.body or {})["value"] for r in far.requests if r.path.endswith("/variable")
    }
    assert given["VOICEBOT_QUEUE"] == "returns"
    assert given["__VOICEBOT_SPOKEN"] == STORY["spoken"]
    assert given["CALLERID(name)"] == "尾号6612的客户想退货"
    assert given["VOICEBOT_UUID"] == far.name
    assert far.asked[-1] == ("POST", "/channels/caller/continue")
    assert far.requests[-1].query == {"context": "voicebot-transfer", "extension": "returns", "priority": "1"}
    for status in ("RINGING", "ANSWER"):
        assert far.running.events == []
        far.protocol.receive({"type": "Dial", "caller": {"id": "caller"}, "peer": {}, "dialstatus": status})
    entered = {"type": "ChannelEnteredBridge", "channel": {"id": "caller"}, "bridge": {"id": "queue-1"}}
    far.protocol.receive(entered)
    assert far.running.events == [Transferred(5.0)]


def test_an_extension_elsewhere() -> None:
    far = ringing()
    assert far.transfer("far") is True
    assert far.requests[-1].query == {"context": "outside", "extension": "700", "priority": "1"}


def test_the_dialplan_sends_the_caller_back() -> None:
    far = ringing()
    far.transfer("returns")
    far.asked.clear()
    far.start("caller", "back", far.name)
    assert far.asked[-1] == ("POST", "/channels/externalMedia")
    assert far.protocol.returned(far.name) == "no answer"
    own = {"type": "ChannelEnteredBridge", "channel": {"id": "caller"}}
    far.protocol.receive(own | {"bridge": {"id": f"voicebot-bridge-{far.name}"}})
    assert far.running.events == []


def test_the_bot_hangs_up_and_nothing_is_left() -> None:
    far = ringing()
    far.protocol.ended(far.name)
    assert far.asked == [*CLEAN, ("DELETE", "/channels/caller")]
    assert far.protocol._calls == {}


PLACED = Ring("", "asterisk", "13800006612", "4008", details={"campaign": "care"})


def test_a_call_that_the_bot_places() -> None:
    far, why = Far(), []
    name = far.protocol.originate("PJSIP/13800006612@trunk", "4008", PLACED, why.append)
    assert far.requests[0].query["endpoint"] == "PJSIP/13800006612@trunk"
    channel = far.requests[0].path.rpartition("/")[2]
    far.start(channel, "out", name)
    assert far.asked[-1] == ("POST", "/channels/externalMedia")
    ring = far.protocol.ring(name)
    assert ring is not None
    assert (ring.call_id, ring.caller, ring.details) == (name, "13800006612", {"campaign": "care"})
    far.destroy(channel)
    assert why == []


def test_nobody_answers_a_call_that_the_bot_places() -> None:
    far, why = Far(), []
    name = far.protocol.originate("PJSIP/1@trunk", "4008", PLACED, why.append)
    far.destroy(f"voicebot-out-{name}", 19)
    assert far.protocol.ring(name) is None
    assert why == ["no answer"]
    name = far.protocol.originate("PJSIP/1@trunk", "4008", PLACED, why.append)
    far.protocol.refused(far.protocol._calls[name], far.requests[-1])
    assert why == ["no answer", "failed"]


def test_an_unknown_department_stays_with_the_bot() -> None:
    far = Far()
    far.ring()
    assert far.protocol.transfer(far.name, "unknown", STORY, far.running) is False
    assert far.running.events == [TransferFailed(5.0, "closed")]


def test_strangers_with_our_arguments_are_sent_away() -> None:
    far = Far()
    far.start("x", "human", "nobody")
    assert far.asked == [("DELETE", "/channels/U")]
    assert far.protocol._calls == {}


def test_a_caller_who_waits_in_a_queue_longer_than_his_call_lasts_is_not_hung_up_and_begins_anew() -> None:
    far = ringing()
    far.transfer("returns")
    before = len(far.requests)
    far.protocol.ended(far.name)
    assert far.requests[before:] == []
    far.start("caller", "back", far.name, caller={"number": "13800006612"})
    (call,) = far.protocol._calls.values()
    assert call.name != far.name
    assert far.asked[-1] == ("POST", "/channels/externalMedia")


def test_a_long_story_loses_its_transcript_first() -> None:
    far = ringing()
    story = STORY | {"transcript": [{"text": "很长" * 3000}]}
    far.protocol.transfer(far.name, "service", story, far.running)
    assert far.requests[-1].body is not None
    assert json.loads(far.requests[-1].body["variables"]["VOICEBOT_STORY"]) == {"spoken": STORY["spoken"]}


def waiting(channel: str, **about: Any) -> dict[str, Any]:
    """A channel that is in our application."""
    return {
        "id": channel,
        "dialplan": {"exten": "4008", "app_name": "Stasis", "app_data": "voicebot"},
        **about,
    }


def test_a_caller_whom_the_bot_cannot_have_goes_on_in_the_dialplan() -> None:
    for refused in ("/channels/externalMedia", None):
        far = Far()
        far.start("caller", caller={"number": "1"}, dialplan={"exten": "4008"})
        (call,) = far.protocol._calls.values()
        if refused is None:
            far.destroy(call.media)
        else:
            far.protocol.refused(call, far.requests[-1])
        assert far.requests[-1].path == "/channels/caller/continue"
        assert far.protocol._calls == {}


def test_a_call_that_cannot_begin_is_left_to_the_dialplan() -> None:
    far = Far()
    far.start("caller", caller={"number": "1"}, dialplan={"exten": "4008"})
    (name,) = far.protocol._calls
    far.protocol.turned_away(name)
    far.protocol.turned_away("nobody")
    assert far.requests[-1].path == "/channels/caller/continue"
    assert far.protocol._calls == {}


def test_whoever_a_bot_before_this_one_left_behind_is_answered_anew() -> None:
    far = Far()
    channels = [
        waiting("caller", caller={"number": "13800006612"}),
        {"id": "voicebot-media-old"},
        {"id": "other"},
    ]
    far.protocol.reconcile(channels, [{"id": "voicebot-bridge-old", "channels": ["caller"]}, {"id": "other"}])
    (call,) = far.protocol._calls.values()
    assert (call.channel, call.ring.caller) == ("caller", "13800006612")
    paths = [(request.method, request.path) for request in far.requests]
    assert ("DELETE", "/bridges/voicebot-bridge-old") in paths
    assert ("DELETE", "/channels/voicebot-media-old") in paths
    assert ("POST", "/channels/externalMedia") in paths
    assert not any("other" in path for _, path in paths)
    before = len(far.requests)
    far.start("caller", caller={"number": "13800006612"})
    assert len(far.requests) == before


def test_who_speaks_with_a_human_when_the_bot_comes_back_is_watched_to_the_end() -> None:
    far = Far()
    inside = ["caller", "voicebot-human-1"]
    far.protocol.reconcile(
        [waiting("caller"), waiting("voicebot-human-1")], [{"id": "voicebot-bridge-old", "channels": inside}]
    )
    assert [request.path for request in far.requests] == ["/applications/voicebot/subscription"]
    far.destroy("voicebot-human-1")
    assert {"/bridges/voicebot-bridge-old", "/channels/caller"} <= {request.path for request in far.requests}
    assert far.protocol._calls == {}


def test_a_caller_who_went_while_the_connection_was_lost_has_hung_up() -> None:
    far = ringing()
    far.protocol.reconcile([{"id": "other"}], [])
    assert far.running.events == [HungUp(5.0, "caller")]


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["caller", "human", "back", "out"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "number", "exten"]), inner, max_size=3)
    ),
    max_leaves=8,
)
events = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["StasisStart", "ChannelDestroyed", "ChannelEnteredBridge", "Other"]),
        "channel": st.one_of(values, st.fixed_dictionaries({"id": st.sampled_from(["caller", "x"])})),
    },
    optional={"args": values, "cause": values, "bridge": values},
)


@given(st.lists(events, max_size=10))
def test_any_events_give_no_exception_and_the_call_can_be_ended(sent: list[dict[str, Any]]) -> None:
    far = ringing()
    for event in sent:
        far.protocol.receive(event)
    for name in list(far.protocol._calls):
        far.protocol.ended(name)
    assert far.protocol._calls == {}


@given(
    st.lists(st.dictionaries(st.sampled_from(["id", "dialplan", "caller"]), values, max_size=3), max_size=4),
    st.lists(st.dictionaries(st.sampled_from(["id", "channels"]), values, max_size=2), max_size=4),
)
def test_whatever_asterisk_says_that_it_has_gives_no_exception(
    channels: list[dict[str, Any]], bridges: list[dict[str, Any]]
) -> None:
    far = ringing()
    far.protocol.reconcile(channels, [*bridges, {"id": "voicebot-bridge-x", "channels": 3}])
    for name in list(far.protocol._calls):
        far.protocol.ended(name)
    assert not [call for call in far.protocol._calls.values() if not call.has_human]
