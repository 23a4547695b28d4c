"""Where a request really came from and how it was really addressed, behind proxies that are trusted by their address.

What a proxy says in X-Forwarded-* counts only when the peer that says it is in `trusted`; the header of somebody who
is not is his own invention. Of a chain of addresses the last one that is not trusted is the client.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Origin:
    """`base` is https://host or wss://host with the port if one was named; `client` an address."""

    base: str
    client: str


class Origins:
    """Tells the origin of requests. `public_url`, if given, is how everybody outside must address us."""

    def __init__(self, trusted: Sequence[str] = (), public_url: str | None = None) -> None:
        """Raises ValueError for what is no network, such as 10.0.0.0/8 or 127.0.0.1."""
        self._trusted: list[Network] = [ip_network(name, strict=False) for name in trusted]
        self._public = public_url.rstrip("/") if public_url else None

    def of(self, request: HTTPConnection) -> Origin:
        """The origin of one request or handshake."""
        peer = request.client.host if request.client else ""
        headers, scheme = request.headers, request.url.scheme
        host, client = headers.get("host", ""), peer
        if self._trusts(peer):
            scheme = _last(headers, "x-forwarded-proto") or scheme
            host = _with_port(
                _last(headers, "x-forwarded-host") or host, _last(headers, "x-forwarded-port"), scheme
            )
            client = self._first_stranger(headers, peer)
        socket = request.scope["type"] == "websocket"
        if self._public is not None:
            base = self._public.replace("http", "ws", 1) if socket else self._public
            return Origin(base, client)
        secure = scheme in {"https", "wss"}
        word = ("wss" if secure else "ws") if socket else ("https" if secure else "http")
        return Origin(f"{word}://{host}", client)

    def url(self, request: HTTPConnection) -> str:
        """The whole address that the client asked for, byte for byte as far as it can be told."""
        path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        query: bytes = request.scope.get("query_string", b"")
        tail = path.decode("latin-1").partition("?")[0] + ("?" + query.decode("latin-1") if query else "")
        return self.of(request).base + tail

    def _trusts(self, address: str) -> bool:
        try:
            place = ip_address(address)
        except ValueError:
            return False
        return any(place in network for network in self._trusted)

    def _first_stranger(self, headers: Headers, peer: str) -> str:
        chain = [part.strip() for value in headers.getlist("x-forwarded-for") for part in value.split(",")]
        for address in reversed([part for part in chain if part]):
            if not self._trusts(address):
                return address
        return chain[0] if chain and chain[0] else peer


def _last(headers: Headers, name: str) -> str:
    """Of several values, that of the nearest proxy."""
    values = headers.getlist(name)
    return str(values[-1]).rpartition(",")[2].strip() if values else ""


def _with_port(host: str, port: str, scheme: str) -> str:
    named = ":" in host.rpartition("]")[2]
    usual = {"https": "443", "wss": "443", "http": "80", "ws": "80"}.get(scheme)
    return host if not port or named or port == usual or not port.isdigit() else f"{host}:{port}"
