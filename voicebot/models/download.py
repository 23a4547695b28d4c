"""Bring one download onto the disk, going on where an earlier try stopped."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx

from voicebot.models.progress import Shown
from voicebot.models.registry import SilentError, UnreachableError, address, setting
from voicebot.models.table import Address, Origin

TRIES = 3


class Downloads:
    """Downloads into one folder. What is whole there already is not asked for again.

    A download in progress is `NAME.part`. An origin that failed is not tried again by the same object, and a
    host or registry that did not answer is asked for nothing else. A broken connection is taken up
    again after `pause_s` seconds, then after twice that.
    """

    def __init__(self, folder: Path, show: Shown, pause_s: float = 1.0) -> None:
        self.folder = folder
        self._show = show
        self._pause_s = pause_s
        self._failed: dict[Origin, str] = {}
        self._silent: dict[str, str] = {}

    def bring(self, origin: Origin) -> Path:
        """The path of the whole download. Raises UnreachableError."""
        path = self.folder / origin.filename
        if path.is_file():
            return path
        where = urlsplit(origin.url).netloc if isinstance(origin, Address) else origin.registry
        known = self._failed.get(origin) or self._silent.get(where)
        if known:
            raise UnreachableError(known)
        try:
            self._bring(origin, path)
        except UnreachableError as error:
            self._failed[origin] = str(error)
            if isinstance(error, SilentError):
                self._silent[where] = str(error)
            raise
        return path

    def _bring(self, origin: Origin, path: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        url = origin.url if isinstance(origin, Address) else address(origin)
        part = path.with_name(f"{path.name}.part")
        if urlsplit(url).scheme == "file":
            _copy(url, part)
        else:
            self._over_http(url, part)
        part.replace(path)

    def _over_http(self, url: str, part: Path) -> None:
        for tried in range(1, TRIES + 1):
            try:
                with _client() as client:
                    return self._stream(client, url, part)
            except httpx.HTTPStatusError as error:
                raise UnreachableError(f"its host answered {error.response.status_code}") from None
            except httpx.HTTPError as error:
                if tried == 1 and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    raise SilentError(f"its host cannot be reached ({error})") from None
                if tried == TRIES:
                    raise UnreachableError(f"the connection broke {TRIES} times ({error})") from None
                time.sleep(self._pause_s * tried)
        raise AssertionError("the last try returns or raises")

    def _stream(self, client: httpx.Client, url: str, part: Path) -> None:
        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        headers["Accept-Encoding"] = "identity"
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                if response.headers.get("Content-Range") == f"bytes */{have}":
                    return
                part.unlink()
                raise httpx.ReadError("it had changed since the first part came")
            response.raise_for_status()
            resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            self._take(response, part, have if resumed else 0)

    def _take(self, response: httpx.Response, part: Path, have: int) -> None:
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        with self._bar(part.stem, have, total), part.open("ab" if have else "wb") as out:
            for block in response.iter_raw():
                out.write(block)
                self._show.advance(len(block))
        if total is not None and part.stat().st_size != total:
            raise httpx.ReadError("it ended early")

    @contextlib.contextmanager
    def _bar(self, what: str, have: int, total: int | None) -> Iterator[None]:
        self._show.begin(what, have, total)
        try:
            yield
        finally:
            self._show.end()


def _copy(url: str, part: Path) -> None:
    try:
        shutil.copyfile(url2pathname(urlsplit(url).path), part)
    except OSError as error:
        raise UnreachableError(str(error)) from None


def _client() -> httpx.Client:
    """A client with the machine's proxies and certificates, and those that pip is configured with."""
    trust = httpx.create_ssl_context()
    trust.load_default_certs()
    if Path(setting("cert")).is_file():
        trust.load_verify_locations(setting("cert"))
    timeout = httpx.Timeout(30, connect=10)
    return httpx.Client(follow_redirects=True, verify=trust, timeout=timeout, proxy=setting("proxy") or None)
