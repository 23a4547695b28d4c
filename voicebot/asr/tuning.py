"""A tuned copy of the recogniser's model: the same weights, other search limits, and no random noise.

Vosk reads its settings only from conf/model.conf inside the model's folder. The official folder stays as it
was fetched; beside it stands a folder with links to its parts and settings of our own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import VoicebotError

_PARTS = ("am", "graph", "ivector")


@dataclass(frozen=True, slots=True)
class Search:
    """How widely the decoder searches; the names are those of Kaldi's options.

    `beam` and `lattice_beam` are in nats, `max_active` in states per frame. A wide `lattice_beam` keeps more
    alternatives for the price of a larger final lattice.
    """

    beam: float = 10.0
    max_active: int = 2000
    lattice_beam: float = 6.0

    def lines(self) -> dict[str, str]:
        """The options as model.conf has them."""
        return {
            "--beam": f"{self.beam:g}",
            "--max-active": f"{self.max_active}",
            "--lattice-beam": f"{self.lattice_beam:g}",
        }


def tuned(folder: Path, search: Search) -> Path:
    """The folder of the model in `folder` with these search limits; made when it is not there yet.

    Raises VoicebotError when `folder` is not a model.
    """
    folder = folder.absolute()
    text = _model_conf(folder, search)
    mark = hashlib.sha256(f"{folder}\n{text}\n--dither=0".encode()).hexdigest()[:12]
    name = f".{folder.name}-tuned-{mark}"
    try:
        return _build(folder, folder.parent / name, text)
    except OSError:
        place = Path(tempfile.gettempdir()) / f"voicebot-{os.getuid()}"
        return _build(folder, place / name, text)


def _model_conf(folder: Path, search: Search) -> str:
    try:
        official = (folder / "conf" / "model.conf").read_text(encoding="utf-8")
    except OSError as error:
        raise VoicebotError(
            f"There is no speech recognition model in {folder} (conf/model.conf cannot be read); "
            "run `voicebot models fetch`."
        ) from error
    options = dict(line.strip().partition("=")[::2] for line in official.splitlines() if "=" in line)
    return "".join(f"{name}={value}\n" for name, value in (options | search.lines()).items())


def _build(folder: Path, target: Path, text: str) -> Path:
    """Make `target` in one step, so that two processes cannot meet half a folder."""
    if (target / "conf" / "model.conf").is_file():
        return target
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        for part in _PARTS:
            (making / part).symlink_to(folder / part, target_is_directory=True)
        shutil.copytree(folder / "conf", making / "conf")
        with (making / "conf" / "mfcc.conf").open("a", encoding="utf-8") as features:
            features.write("\n--dither=0\n")
        (making / "conf" / "model.conf").write_text(text, encoding="utf-8")
        making.rename(target)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if not target.is_dir():
            raise
    return target
