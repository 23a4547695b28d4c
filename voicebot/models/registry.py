"""Where a package's file is, asked of the registry client that this machine is configured for.

pip and npm know their index, mirrors and certificates. pip is asked for its list of a package's files, which
downloads and builds nothing (`pip download` of a source distribution would run its build); npm is asked for
one tarball's address.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from voicebot.models.table import Package

PATIENCE_S = 90


class UnreachableError(Exception):
    """A source cannot be used; the text says why."""


class SilentError(UnreachableError):
    """Nobody answers there: no use in asking the same host or registry for anything else."""


def address(package: Package) -> str:
    """The URL (http, https or file) of this file. Raises UnreachableError."""
    try:
        return _pypi(package) if package.registry == "pypi" else _npm(package)
    except subprocess.TimeoutExpired:
        raise SilentError(f"its registry did not answer within {PATIENCE_S} s") from None


def _pypi(package: Package) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "pip.log"
        ask = ["index", "versions", "--ignore-requires-python", "--timeout", "20", "--retries", "1"]
        answer = _pip(*ask, "--log", str(log), package.name)
        listing = log.read_text("utf-8", "replace") if log.exists() else ""
    found = re.search(rf"\b(?:https?|file)://\S+/{re.escape(package.filename)}(?=[#,\s]|$)", listing)
    if found:
        return _with_credentials(found[0])
    if "No module named pip" in answer.stderr:
        raise UnreachableError(f"{sys.executable} has no pip")
    if "Could not fetch URL" in listing or "connection broken" in listing:
        raise SilentError("the package index cannot be reached")
    raise UnreachableError(f"the package index has no {package.filename}")


def _with_credentials(url: str) -> str:
    """pip's log hides passwords: put back those of the configured index on the same host."""
    parts = urlsplit(url)
    if "****@" not in parts.netloc:
        return url
    for configured in setting("index-url").split() + setting("extra-index-url").split():
        if (index := urlsplit(configured)).hostname == parts.hostname and index.port == parts.port:
            return urlunsplit(parts._replace(netloc=index.netloc))
    return url


@cache
def setting(name: str) -> str:
    """pip's configured value of this option (environment before files), or ''."""
    values: dict[bool, str] = {}
    for line in _pip("config", "list").stdout.splitlines():
        key, _, value = line.partition("=")
        if key.split(".")[-1] == name:
            values[key.startswith(":env:")] = str(ast.literal_eval(value))
    return values.get(True) or values.get(False) or ""


def _pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


def _npm(package: Package) -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise UnreachableError("npm is not installed")
    command = [npm, "view", f"{package.name}@{package.version}", "dist.tarball"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    url = answer.stdout.strip()
    if answer.returncode or not url.startswith("http"):
        raise UnreachableError("the npm registry has no such package or cannot be reached")
    return url
