"""The settings of one shop, read from files; every mistake is found at start, by file, key and reason."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
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
    database: str = "sqlite:///var/voicebot.db"

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


class MessagesSection(Section):
    """[messages]: where text messages go that a call sends: posted to `url`, or written into `file`."""

    file: Path = Path("var/messages.jsonl")
    url: str = Field("", pattern=r"^(https?://\S+)?$")
    secret: str = ""
    timeout_s: float = Field(5.0, gt=0, le=30)


class RecordingSection(Section):
    """[recording]: whether calls are recorded, whether their journals are kept, and the folder for both.

    `private` are answers that are not recorded, by the names of what is expected.
    """

    on: bool = True
    journal: bool = True
    private: tuple[str, ...] = ()
    folder: Path = Path("var/calls")


class Paths(Section):
    """[paths]: data files, relative to the folder that holds the settings folder."""

    dialogue: Path = Path("config/dialogues/hotline.yaml")
    knowledge: Path = Path("config/knowledge")
    rules: Path = Path("config/rules.yaml")
    grammars: Path = Path("grammars/zh-CN")


def _networks(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        ip_network(name, strict=False)
    return names


def _from_environment(text: str) -> str:
    """A secret need not stand in the file: env:NAME takes it from the environment."""
    if not text.startswith("env:"):
        return text
    found = os.environ.get(text[4:])
    if found is None:
        raise ValueError(f"the environment has no {text[4:]}; set it before the start")
    return found


Networks = Annotated[tuple[str, ...], AfterValidator(_networks)]
Secret = Annotated[str, AfterValidator(_from_environment)]
Port = Annotated[int, Field(ge=0, le=65535)]


class ServerSection(Section):
    """[server]: where calls come in over HTTP, and how many. `secret` is for the shop's own server."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str | None = Field(None, pattern="^https?://[^/]+$")
    trusted_proxies: Networks = ()
    metrics_from: Networks = ("127.0.0.0/8", "::1/128")
    browser: bool = True
    chat: bool = True
    secret: Secret = ""
    calls: int = Field(40, ge=1, le=10_000)
    per_caller: int = Field(2, ge=1)
    longest_s: float = Field(1200, gt=0)
    stop_within_s: float = Field(60, ge=0)
    lag_s: float = Field(1.5, gt=0)
    slow_s: float = Field(2.0, ge=0)


class TwilioSection(Section):
    """[twilio]: used when `account_sid` is set. `numbers` are the humans by the names of transfers."""

    account_sid: str = ""
    auth_token: Secret = ""
    api_url: str | None = None
    caller_id: str | None = None
    warm: bool = False
    ring_s: int = Field(25, ge=5, le=50)
    numbers: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _whole(self) -> TwilioSection:
        if self.account_sid and not self.auth_token:
            raise ValueError(
                "auth_token is needed with account_sid: without it nobody's signature can be checked"
            )
        return self


class AsteriskSection(Section):
    """[asterisk]: AudioSocket, used when `on`. `numbers` are the humans by the names of transfers.

    With `ari_url` the channels are controlled over ARI; else the dialplan asks over HTTP and shows `secret`.
    """

    on: bool = False
    host: str = "127.0.0.1"
    port: Port = 9092
    secret: Secret = ""
    announced_only: bool = True
    numbers: Mapping[str, str] = {}
    ari_url: str | None = None
    ari_user: str = "voicebot"
    ari_password: Secret = ""
    ari_app: str = "voicebot"
    media_address: str | None = None
    """How Asterisk reaches our AudioSocket, host:port; None: the host and port above."""
    context: str = "voicebot-transfer"
    """The dialplan context that a transfer goes on in."""


class ConsoleSection(Section):
    """[console]: the pages and the API for those who run the hotline. `fen_per_minute` by the line's name."""

    on: bool = True
    idle_minutes: int = Field(120, ge=5, le=24 * 60)
    longest_hours: int = Field(12, ge=1, le=24 * 7)
    fen_per_minute: Mapping[str, float] = {}


class DeskSection(Section):
    """[desk]: humans at the console who take transfers of lines that have no telephone for them. Times in seconds.

    A call rings `ring_s` at one agent, waits `wait_s` for all of them, and is told its place at once, when it
    changes and every `tell_s`; `handling_s` stands for a conversation's length until some were measured.
    `tiers_first` need not wait as long. `languages`: who rings this number (as the line signals it) needs an agent
    of this language.
    """

    on: bool = True
    ring_s: float = Field(20.0, ge=3)
    wait_s: float = Field(60.0, ge=5, le=1800)
    tell_s: float = Field(20.0, ge=5)
    handling_s: float = Field(180.0, ge=10)
    tiers_first: tuple[str, ...] = ()
    languages: Mapping[str, str] = {}


class KeepSection(Section):
    """[privacy.keep]: days after which what was recorded is cleared, by its class."""

    recordings: int = Field(90, ge=1)
    transcripts: int = Field(180, ge=1)
    calls: int = Field(730, ge=1)
    audit: int = Field(1095, ge=183)
    tickets: int = Field(1095, ge=1)
    contacts: int = Field(365, ge=31)


class BucketSection(Section):
    """[privacy.bucket]: an S3-compatible store for recordings; used when `endpoint` is set."""

    endpoint: str = Field("", pattern="^(https?://[^/]+)?$")
    name: str = ""
    region: str = "us-east-1"
    prefix: str = "calls/"
    key_id: Secret = ""
    secret: Secret = ""


class PrivacySection(Section):
    """[privacy]: the key that seals what is private, and how long it is kept."""

    key_file: Path = Path("var/voicebot.key")
    keep: KeepSection = KeepSection()
    bucket: BucketSection = BucketSection()


class CampaignsSection(Section):
    """[campaigns]: whether `serve` dials, on how many lines, and how many of [server] calls stay free for callers.

    `humans`: how many could take a call; a campaign whose pace says humans dials no more than they can take.
    """

    on: bool = True
    lines: int = Field(10, ge=0)
    kept_for_callers: int = Field(5, ge=0)
    humans: int | None = Field(None, ge=0)


class Config(Section):
    """All settings. `root` is the folder that relative paths start from."""

    root: Path = ROOT
    shop: ShopSection = ShopSection()
    voice: VoiceSection = VoiceSection()
    hearing: HearingSection = HearingSection()
    recording: RecordingSection = RecordingSection()
    messages: MessagesSection = MessagesSection()
    call: Manners = Field(default_factory=Manners)
    paths: Paths = Paths()
    server: ServerSection = ServerSection()
    twilio: TwilioSection = TwilioSection()
    asterisk: AsteriskSection = AsteriskSection()
    console: ConsoleSection = ConsoleSection()
    desk: DeskSection = DeskSection()
    privacy: PrivacySection = PrivacySection()
    campaigns: CampaignsSection = CampaignsSection()

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
