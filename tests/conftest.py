"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.watchman import pytest_configure  # noqa: F401 - pytest calls it

os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def testdata() -> Path:
    """Third-party recordings and tables that are not part of the project; skips where they are absent."""
    folder = Path(os.environ.get("VOICEBOT_TESTDATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no third-party test data in {folder}; set VOICEBOT_TESTDATA to its folder")
    return folder
