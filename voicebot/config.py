"""The settings of one shop, read from files; every mistake is found at start, by file, key and reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.dataclasses import dataclass as checked

from voicebot.call import options
from voicebot.errors import VoicebotError

ROOT = Path(__file__).resolve().parents[1]
FILE = "voicebot.toml"

_STRICT = ConfigDict(extra="forbid", frozen=True)
_NO_OTHERS = ConfigDict(extra="forbid")


class Section(BaseModel):
    """A part of the settings: unknown keys are mistakes, values do not change."""

    model_config = _STRICT


@checked(config=_NO_OTHERS, frozen=True)
class Ear(options.EarOptions):
    """[call.ear]: when sound counts as speech."""


@checked(config=_NO_OTHERS, frozen=True)
class Endpoint(options.EndpointOptions):
    """[call.endpoint]: how much silence ends the caller's turn."""


@checked(config=_NO_OTHERS, frozen=True)
class Manners(options.CallOptions):
    """[call]: everything about the manners of a call."""

    ear: Ear = Field(default_factory=Ear)
    endpoint: Endpoint = Field(default_factory=Endpoint)


class ShopSection(Section):
    """[shop]: who answers, and where its data is."""

    name: str = "青禾优品"
    timezone: str = "Asia/Shanghai"
    database: str = "sqlite:///var/shop.db"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"'{name}' is not a time zone; write one such as Asia/Shanghai")
        ZoneInfo(name)
        return name


class VoiceSection(Section):
    """[voice]: the bot's voice. `cache_mb` bounds the folder of speech that was made before."""

    engine: Literal["kokoro", "espeak", "tone"] = "kokoro"
    name: str = "zf_xiaoxiao"
    speed: float = Field(1.0, ge=0.5, le=2.0)
    cache_mb: int = Field(512, ge=1)


class HearingSection(Section):
    """[hearing]: voice activity and recognition. `threads` recognise side by side; 0: one a core."""

    vad: Literal["webrtc", "silero"] = "webrtc"
    threads: int = Field(0, ge=0, le=64)


class RecordingSection(Section):
    """[recording]: whether calls are recorded, and the folder for recordings and journals."""

    on: bool = True
    folder: Path = Path("var/calls")


class Paths(Section):
    """[paths]: data files, relative to the folder that holds the settings folder."""

    dialogue: Path = Path("config/dialogues/hotline.yaml")
    knowledge: Path = Path("config/knowledge")
    rules: Path = Path("config/rules.yaml")
    grammars: Path = Path("grammars/zh-CN")


class Config(Section):
    """All settings. `root` is the folder that relative paths start from."""

    root: Path = ROOT
    shop: ShopSection = ShopSection()
    voice: VoiceSection = VoiceSection()
    hearing: HearingSection = HearingSection()
    recording: RecordingSection = RecordingSection()
    call: Manners = Field(default_factory=Manners)
    paths: Paths = Paths()

    def path(self, relative: Path) -> Path:
        """An absolute path of one that the settings name."""
        return relative if relative.is_absolute() else self.root / relative


def load(folder: Path | None = None) -> Config:
    """The settings in `folder` (default: config/ here, else the example that comes with voicebot).

    Raises VoicebotError that names every mistake by file, key and reason.
    """
    if folder is None:
        folder = next(
            (f for f in (Path.cwd() / "config", ROOT / "config") if (f / FILE).is_file()), ROOT / "config"
        )
    path = folder if folder.is_file() else folder / FILE
    if not path.is_file():
        raise VoicebotError(f"there are no settings in {folder}: write {FILE} there, or name another folder")
    data = read_mapping(path)
    return validate(path, Config, {"root": path.resolve().parent.parent, **data})


def read_mapping(path: Path) -> dict[str, Any]:
    """A TOML or YAML file as a mapping; one clear sentence when it is none."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except OSError as error:
        raise VoicebotError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise VoicebotError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise VoicebotError(f"{path} is not valid TOML: {error}") from error
    except yaml.YAMLError as error:
        raise VoicebotError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise VoicebotError(f"{path} must hold keys and values, and holds {type(data).__name__}")
    return data


Model = TypeVar("Model", bound=BaseModel)


def validate(path: Path, model: type[Model], data: dict[str, Any]) -> Model:
    """`data` of the file `path` as `model`; every mistake in one message: file, key, reason."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistakes = [_mistake(found) for found in error.errors(include_url=False)]
        raise VoicebotError(f"{path}: " + "; ".join(mistakes)) from error


def _mistake(found: Any) -> str:
    key = ".".join(str(part) for part in found["loc"]) or "the file"
    if found["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
        return f"{key}: there is no such key"
    return f"{key}: {found['msg']} (it says {found['input']!r})"
