from __future__ import annotations

import re

import pytest

from voicebot.models.table import _KOKORO, _SILERO, _VOSK, Address, File, Model

FILES = [(model, file) for model in (_VOSK, _KOKORO, _SILERO) for file in model.files]


@pytest.mark.parametrize(("model", "file"), FILES, ids=lambda value: getattr(value, "path", ""))
def test_every_file_is_pinned_and_stays_inside_its_folder(model: Model, file: File) -> None:
    assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    assert file.size >= 0
    assert not file.path.startswith("/")
    assert ".." not in file.path.split("/")
    assert model.licence in {"Apache-2.0", "MIT"}


@pytest.mark.parametrize(("model", "file"), FILES, ids=lambda value: getattr(value, "path", ""))
def test_every_file_can_be_had_without_npm_and_official_comes_first(model: Model, file: File) -> None:
    origins = [[piece.origin for piece in source] for source in file.sources]
    official = [all(isinstance(origin, Address) for origin in source) for source in origins]
    assert official == sorted(official, reverse=True)
    assert any(getattr(origin, "registry", "") == "pypi" for source in origins for origin in source)


def test_no_two_origins_share_a_name_on_disk() -> None:
    origins = {piece.origin for _, file in FILES for source in file.sources for piece in source}
    assert len({origin.filename for origin in origins}) == len(origins)
