from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from voicebot.models import registry
from voicebot.models.registry import SilentError, UnreachableError, address
from voicebot.models.table import Package

WHEEL = Package("pypi", "toy-weights", "1.0", "toy_weights-1.0-py3-none-any.whl")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pip without this machine's configuration, looking into `tmp_path` alone."""
    registry.setting.cache_clear()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_pip_finds_a_wheel_where_it_is_configured_to_look(tmp_path: Path) -> None:
    (tmp_path / WHEEL.filename).write_bytes(b"")
    assert address(WHEEL) == (tmp_path / WHEEL.filename).as_uri()


def test_pip_finds_a_source_archive_and_builds_nothing(tmp_path: Path) -> None:
    (tmp_path / "toy_weights-1.0.tar.gz").write_bytes(b"not even an archive")
    sdist = Package("pypi", "toy-weights", "1.0", "toy_weights-1.0.tar.gz")
    assert address(sdist) == (tmp_path / "toy_weights-1.0.tar.gz").as_uri()


def test_a_version_that_the_index_lacks_is_told(tmp_path: Path) -> None:
    (tmp_path / "toy_weights-0.9-py3-none-any.whl").write_bytes(b"")
    with pytest.raises(UnreachableError, match=r"the package index has no toy_weights-1\.0"):
        address(WHEEL)


def test_an_index_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(SilentError, match="the package index cannot be reached"):
        address(WHEEL)


def test_the_password_that_pip_hides_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://reader:secret@mirror.example:8443/simple")
    url = registry._with_credentials("https://reader:****@mirror.example:8443/files/toy.whl")
    assert url == "https://reader:secret@mirror.example:8443/files/toy.whl"


def test_the_environment_wins_over_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\ncert = /in/file.pem\nproxy = http://file:1\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_CERT", "/in/environment.pem")
    assert registry.setting("cert") == "/in/environment.pem"
    assert registry.setting("proxy") == "http://file:1"
    assert registry.setting("index-url") == ""


def test_without_npm_the_npm_source_is_told_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreachableError, match="npm is not installed"):
        address(Package("npm", "toy", "1.0.0", "toy-1.0.0.tgz"))


def test_npm_is_asked_for_the_tarball(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\necho "https://mirror.example/$2/$3.tgz"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (
        address(Package("npm", "toy", "1.0.0", "x.tgz"))
        == "https://mirror.example/toy@1.0.0/dist.tarball.tgz"
    )


def test_a_registry_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*arguments: str) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired("pip", 90)

    monkeypatch.setattr(registry, "_pip", hang)
    with pytest.raises(SilentError, match="did not answer"):
        address(WHEEL)
