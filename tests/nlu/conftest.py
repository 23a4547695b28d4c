from pathlib import Path

import pytest

from voicebot.nlu.understand import Understander

FOLDER = Path(__file__).resolve().parents[2] / "grammars" / "zh-CN"


@pytest.fixture(scope="session")
def understander(tmp_path_factory: pytest.TempPathFactory) -> Understander:
    """Understanding, learned once for the whole session."""
    return Understander.open(FOLDER, tmp_path_factory.getbasetemp().parent / "voicebot-understanding")
