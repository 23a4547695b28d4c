"""What Asterisk's REST interface is asked for a call: the requests, and the story in channel variables.

Source: https://docs.asterisk.org/Asterisk_REST_Interface (applications, bridges, channels)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.telephony.ari_call import AriCall, AriOptions
from voicebot.telephony.display import for_display

LONGEST_STORY = 4000
"""Characters of the story in a channel variable; its transcript is left out when it is longer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `path` under /ari, `query`, and a JSON `body`. A refusal matters only where `needed`."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    needed: bool = False


Ask = Callable[[AriCall, list[Request]], None]
"""Carries out requests of one call, in order."""


def drop(channel: str) -> Request:
    """Hang this channel up; one that is gone already is refused, and that is well."""
    return Request("DELETE", f"/channels/{channel}")


def watch(app: str, *channels: str) -> Request:
    """Tell us what becomes of these channels wherever they go."""
    events = {"eventSource": ",".join(f"channel:{channel}" for channel in channels)}
    return Request("POST", f"/applications/{app}/subscription", events)


def add(call: AriCall, channel: str) -> Request:
    """Put this channel into the call's bridge."""
    return Request("POST", f"/bridges/{call.bridge}/addChannel", {"channel": channel}, needed=True)


def made(call: AriCall) -> list[Request]:
    """Delete what was made for this call; what is gone already is refused, and that is well."""
    return [Request("DELETE", f"/channels/{call.media}"), Request("DELETE", f"/bridges/{call.bridge}")]


def music(call: AriCall, *, on: bool) -> Request:
    """For those who wait in the call's bridge."""
    return Request("POST" if on else "DELETE", f"/bridges/{call.bridge}/moh")


def place(call: AriCall, options: AriOptions, endpoint: str, caller_id: str, ring_s: int) -> Request:
    """Ring somebody; his channel comes to us when he answers."""
    query = {
        "endpoint": endpoint,
        "app": options.app,
        "appArgs": f"out,{call.name}",
        "callerId": caller_id,
        "timeout": str(ring_s),
    }
    return Request("POST", f"/channels/{call.channel}", query, needed=True)


def connect(call: AriCall, options: AriOptions) -> list[Request]:
    """Put the caller into a bridge, and have his audio sent to us."""
    media = {
        "app": options.app,
        "external_host": options.media_address,
        "format": "slin",
        "encapsulation": "audiosocket",
        "transport": "tcp",
        "data": call.name,
        "channelId": call.media,
    }
    return [
        watch(options.app, call.channel),
        Request("POST", f"/bridges/{call.bridge}", {"type": "mixing"}, needed=True),
        add(call, call.channel),
        Request("POST", "/channels/externalMedia", media, needed=True),
    ]


def ring_human(call: AriCall, options: AriOptions, endpoint: str, told: Mapping[str, str]) -> list[Request]:
    """Ring a human, with the story on his channel and its beginning on his display; the caller hears music."""
    query = {
        "endpoint": endpoint,
        "app": options.app,
        "appArgs": f"human,{call.name}",
        "callerId": f'"{for_display(told["VOICEBOT_SPOKEN"])}" <{call.ring.caller or ""}>',
        "timeout": str(options.ring_s),
    }
    ring = Request("POST", f"/channels/{call.human}", query, {"variables": told}, needed=True)
    return [music(call, on=True), ring]


def leave(call: AriCall, options: AriOptions, number: str, told: Mapping[str, str]) -> list[Request]:
    """Let the caller go on in the dialplan: in a queue, or at an extension@context."""
    queue = number.removeprefix("queue:")
    extension, _, context = number.partition("@") if queue == number else (queue, "", options.context)
    given = {
        "VOICEBOT_UUID": call.name,
        "VOICEBOT_QUEUE": queue if queue != number else "",
        "CALLERID(name)": for_display(told["VOICEBOT_SPOKEN"]),
        **{f"__{name}": value for name, value in told.items()},
    }
    path = f"/channels/{call.channel}"
    where = {"context": context, "extension": extension, "priority": "1"}
    variables = [
        Request("POST", f"{path}/variable", {"variable": variable}, {"value": value})
        for variable, value in given.items()
    ]
    return [*variables, *made(call), Request("POST", f"{path}/continue", where, needed=True)]


def variables(to: str, story: Mapping[str, Any]) -> dict[str, str]:
    """The story for the human's screen: one sentence, and all of it as JSON."""
    whole = json.dumps(dict(story), ensure_ascii=False)
    if len(whole) > LONGEST_STORY:
        short = {name: value for name, value in story.items() if name != "transcript"}
        whole = json.dumps(short, ensure_ascii=False)
    spoken = str(story.get("spoken", ""))
    return {"VOICEBOT_TO": to, "VOICEBOT_SPOKEN": spoken, "VOICEBOT_STORY": whole[:LONGEST_STORY]}
