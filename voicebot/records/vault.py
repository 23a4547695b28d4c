"""Sealing: what is private is unreadable in the database and on disk without a key that lies elsewhere.

One key of 32 bytes is the root of three: one seals (AES-256-GCM), one makes the digests by which a number is found
again without being stored (HMAC-SHA256), one makes the tokens by which words are found (see `tokens`). A sealed
value begins with a version byte and its nonce, and is bound to its `place`: moved to another row it does not open.

The key comes from the environment (VOICEBOT_KEY, 64 hexadecimal digits) or from a file that only its owner may read,
made at the first start. Whoever loses the key loses the records.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voicebot.errors import VoicebotError

ENVIRONMENT = "VOICEBOT_KEY"
VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class Vault:
    """Seals and opens with one key. Safe to use from several threads."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError unless `key` has 32 bytes."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._sealing = AESGCM(_derived(key, b"sealing"))
        self._digesting = _derived(key, b"digests")
        self._tokens = _derived(key, b"tokens")

    def seal(self, data: bytes, place: str) -> bytes:
        """`data` so that only `unseal` with the same place gives it back."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._sealing.encrypt(nonce, data, place.encode())

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """What was sealed. Raises VoicebotError when the key is another, or the data were changed or moved."""
        nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            if sealed[:1] != VERSION:
                raise InvalidTag
            return self._sealing.decrypt(nonce, rest, place.encode())
        except (InvalidTag, ValueError) as error:
            raise VoicebotError(
                "a sealed record does not open: it was written with another key, or it was changed; "
                f"give the key it was written with in {ENVIRONMENT} or in [privacy] key_file"
            ) from error

    def seal_json(self, value: Any, place: str) -> bytes:
        """Seal plain data; what JSON has no form for is written as its text."""
        return self.seal(json.dumps(value, ensure_ascii=False, default=str).encode(), place)

    def unseal_json(self, sealed: bytes, place: str) -> Any:
        """Plain data that were sealed."""
        return json.loads(self.unseal(sealed, place))

    def digest(self, kind: str, text: str) -> str:
        """32 hexadecimal digits that stand for this text: the same for the same, and no way back without the key."""
        return hmac.new(self._digesting, f"{kind}\0{text}".encode(), sha256).hexdigest()[:32]

    def token(self, text: str) -> int:
        """A number of 63 bits that stands for a piece of text in the search index."""
        return int.from_bytes(hmac.digest(self._tokens, text.encode(), "sha256")[:8], "big") >> 1

    def phone(self, number: str) -> str:
        """The digest of a telephone number, however it is written."""
        return self.digest("phone", plain_phone(number))


def plain_phone(number: str) -> str:
    """Digits only, without 86 and 0086 before a mainland number: +86 138-0013-8000 is 13800138000."""
    digits = re.sub(r"\D", "", number)
    short = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
    return short or digits


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, b"voicebot records " + purpose).derive(key)


def read_key(file: Path) -> bytes:
    """The key of the environment, else of this file, else a new one that is written there with mode 600."""
    given = os.environ.get(ENVIRONMENT)
    if given is not None:
        return _parsed(given, f"the environment's {ENVIRONMENT}")
    try:
        if not file.exists():
            _make(file)
        loose = file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise VoicebotError(f"the key file {file} cannot be used: {error}") from error
    if loose:
        raise VoicebotError(f"the key file {file} may be read by others; run `chmod 600 {file}`")
    return _parsed(text, f"the key file {file}")


def _make(file: Path) -> None:
    """Write a whole new key at once, so that no reader ever sees half of one, and never over another."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(KEY_BYTES) + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _parsed(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise VoicebotError(f"{where} must hold {2 * KEY_BYTES} hexadecimal digits (openssl rand -hex 32)")
    return key
