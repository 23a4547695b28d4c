"""Sealing: what is private is unreadable in the database and on disk without a key that lies elsewhere.

One key of 32 bytes is the root of four: one seals (AES-256-GCM), one makes the digests by which a number is found
again without being stored (HMAC-SHA256), one makes the tokens by which words are found (see `tokens`), and one tells
keys apart. A sealed value begins with a version byte, four bytes that say with which key it was sealed, and its nonce;
it is bound to its `place`: moved to another row it does not open.

While the key is exchanged (see `rotation`) a vault has two: it seals with the new one and opens with both.
"""

from __future__ import annotations

import hmac
import json
import os
import re
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voicebot.errors import VoicebotError

ENVIRONMENT = "VOICEBOT_KEY"
BEFORE = "VOICEBOT_KEY_BEFORE"
VERSION = b"\x02"
ID_BYTES = 4
MARK_BYTES = len(VERSION) + ID_BYTES
NONCE_BYTES = 12
KEY_BYTES = 32
_HEAD = MARK_BYTES + NONCE_BYTES


class _Ring:
    """What is derived from one key."""

    def __init__(self, key: bytes) -> None:
        self.sealing = AESGCM(_derived(key, b"sealing"))
        self.digesting = _derived(key, b"digests")
        self.tokens = _derived(key, b"tokens")
        self.id = _derived(key, b"name")[:ID_BYTES]

    def digest(self, kind: str, text: str) -> str:
        return hmac.new(self.digesting, f"{kind}\0{text}".encode(), sha256).hexdigest()[:32]

    def token(self, text: str) -> int:
        return int.from_bytes(hmac.digest(self.tokens, text.encode(), "sha256")[:8], "big") >> 1


class Vault:
    """Seals with one key; opens with that and with those before it. Safe to use from several threads."""

    def __init__(self, key: bytes, *before: bytes) -> None:
        """Raises ValueError unless every key has 32 bytes."""
        if any(len(one) != KEY_BYTES for one in (key, *before)):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._rings = [_Ring(one) for one in (key, *before)]
        self._by_id = {ring.id: ring for ring in self._rings}
        self.mark = VERSION + self._rings[0].id
        """What everything that is sealed now begins with."""

    @property
    def key_name(self) -> str:
        """Eight digits that tell with which key this vault seals, and nothing of the key."""
        return self._rings[0].id.hex()

    @property
    def changing(self) -> bool:
        """Is there a key from before?"""
        return len(self._rings) > 1

    def seal(self, data: bytes, place: str) -> bytes:
        """`data` so that only `unseal` with the same place gives it back."""
        nonce = os.urandom(NONCE_BYTES)
        return self.mark + nonce + self._rings[0].sealing.encrypt(nonce, data, place.encode())

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """What was sealed. Raises VoicebotError when the key is another, or the data were changed or moved."""
        mark, nonce, rest = sealed[:MARK_BYTES], sealed[MARK_BYTES:_HEAD], sealed[_HEAD:]
        ring = self._by_id.get(mark[len(VERSION) :])
        try:
            if ring is None or mark[: len(VERSION)] != VERSION:
                raise InvalidTag
            return ring.sealing.decrypt(nonce, rest, place.encode())
        except (InvalidTag, ValueError) as error:
            raise VoicebotError(
                "a sealed record does not open: it was written with another key, or it was changed; "
                f"give the key it was written with in {ENVIRONMENT} or in [privacy] key_file"
            ) from error

    def reseal(self, sealed: bytes, place: str) -> bytes:
        """The same, sealed with the present key."""
        return sealed if sealed.startswith(self.mark) else self.seal(self.unseal(sealed, place), place)

    def seal_json(self, value: Any, place: str) -> bytes:
        """Seal plain data; what JSON has no form for is written as its text."""
        return self.seal(json.dumps(value, ensure_ascii=False, default=str).encode(), place)

    def unseal_json(self, sealed: bytes, place: str) -> Any:
        """Plain data that were sealed."""
        return json.loads(self.unseal(sealed, place))

    def digest(self, kind: str, text: str) -> str:
        """32 hexadecimal digits that stand for this text: the same for the same, and no way back without the key."""
        return self._rings[0].digest(kind, text)

    def digests(self, kind: str, text: str) -> list[str]:
        """What stands for this text with the present key, and with those before."""
        return [ring.digest(kind, text) for ring in self._rings]

    def token(self, text: str) -> int:
        """A number of 63 bits that stands for a piece of text in the search index."""
        return self._rings[0].token(text)

    def tokens(self, text: str) -> list[int]:
        """What stands for this piece of text with the present key, and with those before."""
        return [ring.token(text) for ring in self._rings]

    def phone(self, number: str) -> str:
        """The digest of a telephone number, however it is written."""
        return self.digest("phone", plain_phone(number))

    def phones(self, number: str) -> list[str]:
        """The digests of a telephone number with the present key, and with those before."""
        return self.digests("phone", plain_phone(number))


def plain_phone(number: str) -> str:
    """Digits only, without 86 and 0086 before a mainland number: +86 138-0013-8000 is 13800138000."""
    digits = re.sub(r"\D", "", number)
    short = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
    return short or digits


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, b"voicebot records " + purpose).derive(key)
