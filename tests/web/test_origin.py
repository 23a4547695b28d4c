import pytest
from starlette.requests import HTTPConnection

from voicebot.web.origin import Origins


def request(
    peer: str, headers: dict[str, str | list[str]], kind: str = "http", **more: object
) -> HTTPConnection:
    pairs = [
        (name.encode(), value.encode())
        for name, given in ({"host": "inside:8080"} | headers).items()
        for value in ([given] if isinstance(given, str) else given)
    ]
    scheme = "ws" if kind == "websocket" else "http"
    scope = {
        "type": kind,
        "scheme": scheme,
        "path": "/twilio/媒",
        "raw_path": b"/twilio/%E5%AA%92",
        "headers": pairs,
    }
    return HTTPConnection(
        scope | {"query_string": b"", "client": (peer, 1), "server": ("inside", 8080)} | more
    )


FORWARDED = {
    "x-forwarded-proto": "https",
    "x-forwarded-host": "bot.example.com",
    "x-forwarded-for": "1.2.3.4",
}
TRUSTING = Origins(["10.0.0.0/8", "::1"])


def test_what_a_trusted_proxy_says_counts() -> None:
    assert TRUSTING.url(request("10.1.1.1", FORWARDED)) == "https://bot.example.com/twilio/%E5%AA%92"
    assert TRUSTING.of(request("10.1.1.1", FORWARDED)).client == "1.2.3.4"
    assert TRUSTING.url(request("::1", FORWARDED, "websocket")) == "wss://bot.example.com/twilio/%E5%AA%92"


def test_what_anybody_else_says_does_not() -> None:
    origin = TRUSTING.of(request("9.9.9.9", FORWARDED))
    assert (origin.base, origin.client) == ("http://inside:8080", "9.9.9.9")
    assert Origins().of(request("127.0.0.1", FORWARDED)).base == "http://inside:8080"


def test_a_client_cannot_choose_its_address_through_a_proxy() -> None:
    chain = FORWARDED | {"x-forwarded-for": ["6.6.6.6, 1.2.3.4", "10.2.2.2"]}
    assert TRUSTING.of(request("10.1.1.1", chain)).client == "1.2.3.4"


@pytest.mark.parametrize(
    ("port", "host", "wanted"),
    [
        ("443", "bot", "https://bot"),
        ("8443", "bot", "https://bot:8443"),
        ("8443", "bot:9", "https://bot:9"),
        ("x", "bot", "https://bot"),
        ("8443", "[2001:db8::1]", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_forwarded_port(port: str, host: str, wanted: str) -> None:
    said = {"x-forwarded-proto": "https", "x-forwarded-host": host, "x-forwarded-port": port}
    assert TRUSTING.of(request("10.1.1.1", said)).base == wanted


def test_of_several_proxies_the_nearest_counts() -> None:
    said = {"x-forwarded-proto": "http, https", "x-forwarded-host": ["wrong", "right"]}
    assert TRUSTING.of(request("10.1.1.1", said)).base == "https://right"


def test_a_public_address_in_the_settings_wins() -> None:
    origins = Origins(["10.0.0.0/8"], "https://shop.example.com/")
    asked = request("9.9.9.9", {}, query_string=b"a=%20b")
    assert origins.url(asked) == "https://shop.example.com/twilio/%E5%AA%92?a=%20b"
    assert origins.of(request("9.9.9.9", {}, "websocket")).base == "wss://shop.example.com"


def test_a_peer_without_an_address_is_not_trusted() -> None:
    assert TRUSTING.of(request("", FORWARDED)).base == "http://inside:8080"
