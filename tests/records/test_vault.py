"""Sealing, digests and keys; and finding sealed words by their tokens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.errors import VoicebotError
from voicebot.records.keys import begin_change, end_change, read_keys
from voicebot.records.tokens import holds, pieces, tokens
from voicebot.records.vault import Vault, plain_phone

VAULT, OTHER = Vault(bytes(32)), Vault(bytes([1]) * 32)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_comes_back_and_only_there(data: bytes, place: str) -> None:
    sealed = VAULT.seal(data, place)
    assert VAULT.unseal(sealed, place) == data
    assert sealed != VAULT.seal(data, place)
    with pytest.raises(VoicebotError, match="does not open"):
        VAULT.unseal(sealed, place + "x")
    with pytest.raises(VoicebotError, match="another key"):
        OTHER.unseal(sealed, place)


@given(st.integers(0, 60), st.integers(1, 255))
def test_what_was_changed_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(VAULT.seal(b"thirteen eight six six one two!!", "here"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(VoicebotError):
        VAULT.unseal(bytes(sealed), "here")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12), b"\x02" + bytes(40)])
def test_what_is_no_seal_does_not_open(sealed: bytes) -> None:
    with pytest.raises(VoicebotError, match="does not open"):
        VAULT.unseal(sealed, "here")


def test_digests_are_the_same_for_the_same_number_and_the_same_key_only() -> None:
    written = ("13800006612", "+86 138-0000-6612", "008613800006612", "86 138 0000 6612")
    assert len({VAULT.phone(number) for number in written}) == 1
    assert VAULT.phone("13800006612") != VAULT.phone("13800006613")
    assert VAULT.phone("13800006612") != OTHER.phone("13800006612")
    assert VAULT.digest("phone", "1") != VAULT.digest("call", "1")
    assert plain_phone("0571-8888 1234") == "057188881234"


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEBOT_KEY", raising=False)
    file = tmp_path / "var" / "voicebot.key"
    (key,) = read_keys(file)
    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_keys(file) == [key]
    assert [path.name for path in file.parent.iterdir()] == ["voicebot.key"]
    os.chmod(file, 0o644)
    with pytest.raises(VoicebotError, match="chmod 600"):
        read_keys(file)


def test_a_key_of_the_environment_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_KEY", "ab" * 32)
    assert read_keys(tmp_path / "key") == [bytes([0xAB]) * 32]
    monkeypatch.setenv("VOICEBOT_KEY_BEFORE", "cd" * 32)
    assert read_keys(tmp_path / "key") == [bytes([0xAB]) * 32, bytes([0xCD]) * 32]
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("text", ["", "xyz", "ab" * 31, "ab" * 33, "钥匙"])
def test_a_key_that_is_none_is_told_without_showing_it(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_KEY", text)
    with pytest.raises(VoicebotError, match="64 hexadecimal digits") as caught:
        read_keys(tmp_path / "key")
    assert not text or text not in str(caught.value)


def test_a_file_that_is_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEBOT_KEY", raising=False)
    file = tmp_path / "key"
    file.write_text("not a key", encoding="ascii")
    file.chmod(0o600)
    with pytest.raises(VoicebotError, match="64 hexadecimal digits"):
        read_keys(file)


def test_a_key_before_opens_what_it_sealed_and_seals_nothing() -> None:
    both = Vault(bytes([1]) * 32, bytes(32))
    sealed = VAULT.seal(b"x", "here")
    assert both.unseal(sealed, "here") == b"x"
    again = both.reseal(sealed, "here")
    assert OTHER.unseal(again, "here") == b"x"
    assert both.reseal(again, "here") is again
    assert both.seal(b"x", "here").startswith(OTHER.mark)
    assert both.phones("13800006612") == [OTHER.phone("13800006612"), VAULT.phone("13800006612")]
    assert both.tokens("退货") == [OTHER.token("退货"), VAULT.token("退货")]
    assert (both.changing, VAULT.changing, both.key_name) == (True, False, OTHER.key_name)
    with pytest.raises(VoicebotError, match="does not open"):
        OTHER.reseal(sealed, "here")


def test_a_key_file_has_two_keys_while_the_key_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VOICEBOT_KEY", raising=False)
    file = tmp_path / "key"
    (old,) = read_keys(file)
    begin_change(file)
    new, before = read_keys(file)
    assert before == old
    assert new != old
    begin_change(file)
    assert read_keys(file) == [new, old]
    assert file.stat().st_mode & 0o777 == 0o600
    end_change(file)
    assert read_keys(file) == [new]
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_words_are_indexed_by_pairs_and_numbers_as_a_whole() -> None:
    assert pieces("我要退货") == {"我要", "要退", "退货"}
    assert pieces("单号 2611 2000 0123，退") == {"#261120000123", "单号"}
    assert pieces("VIP会员") == {"vi", "ip", "p会", "会员"}
    assert pieces("退") == pieces("") == pieces("123") == set()


@given(st.text("退货订单号我要一二abc 12345，", max_size=30), st.data())
def test_whatever_stands_in_a_text_is_among_its_candidates(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    sought = text[start : data.draw(st.integers(start, len(text)))]
    letters_only = "".join(letter for letter in sought if not letter.isdigit())
    if holds(text, letters_only):
        assert tokens(VAULT, [letters_only]) <= tokens(VAULT, [text])


def test_tokens_tell_nothing_without_the_key() -> None:
    assert tokens(VAULT, ["退货"]) != tokens(OTHER, ["退货"])
    assert all(0 <= token < 2**63 for token in tokens(VAULT, ["我要退货，订单12345"]))
