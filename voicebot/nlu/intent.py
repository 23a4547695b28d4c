"""What a sentence wants: a linear model over features, with probabilities that mean what they say.

The weights are learned by voicebot.nlu.training; here they are only added up, which takes a tenth of a millisecond.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot.files import write_whole
from voicebot.nlu.chances import softmax
from voicebot.nlu.features import NO_KINDS, Kinds, features
from voicebot.nlu.parting import Parting

OUT_OF_SCOPE = "out_of_scope"

INTENTS = (
    "order_status", "logistics_trace", "expedite", "modify_address", "cancel_order", "return_goods", "exchange_goods",
    "refund_status", "return_policy", "invoice", "product_info", "stock", "price_protection", "promotion",
    "payment_problem", "complaint_quality", "complaint_wrong_item", "complaint_missing_item", "complaint_price",
    "complaint_service", "repair_fault", "installation", "account", "human_agent", "opt_out", "affirm", "deny",
    "repeat", "wait", "help", "thanks", "goodbye", "greeting", "smalltalk", OUT_OF_SCOPE,
)  # fmt: skip
"""Every intent that the grammars teach."""

INFORM = "inform"
"""The one intent that is not learned: the sentence only gives a detail (a number, a product, a day)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which on to act, and from which on to ask whether it is so; below that, ask again.

    `reject`: where the two likeliest together do not reach it, nothing in scope is meant. All are chosen on sentences
    of templates that the model had not seen.
    """

    act: float
    confirm: float
    reject: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured at training, on sentences kept out of it, half of them of templates kept out."""

    accuracy: float
    calibration_error: float
    grammar_precision: float


@dataclass(frozen=True, eq=False)
class IntentModel:
    """A trained model. Immutable; safe to use from several threads.

    `weights` is float32 [features + 1, intents], the last row the bias; `temperature` divides the sums.
    """

    intents: tuple[str, ...]
    vocabulary: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    temperature: float
    thresholds: Thresholds
    quality: Quality
    kinds: Kinds = NO_KINDS
    parting: Parting | None = None

    def scores(self, bare: str) -> npt.NDArray[np.float32]:
        """The sum of the weights for each intent, before it becomes a probability."""
        vocabulary = self.vocabulary
        found = features(bare, self.kinds)
        rows = [row for feature in found if (row := vocabulary.get(feature)) is not None]
        total: npt.NDArray[np.float32] = self.weights[-1]
        if rows:
            total = total + self.weights[rows].sum(axis=0) / np.float32(len(rows) ** 0.5)
        return total

    def probabilities(self, bare: str) -> npt.NDArray[np.float64]:
        """The probability of each intent, in the order of `intents`."""
        return softmax(self.scores(bare) / self.temperature)

    def save(self, path: Path) -> None:
        """Write the model to a file, whole or not at all."""
        plain = {
            "intents": self.intents,
            "temperature": self.temperature,
            "thresholds": asdict(self.thresholds),
            "quality": asdict(self.quality),
            "kinds": dict(self.kinds.of_word),
            "parting": self.parting and self.parting.plain(),
        }
        buffer = io.BytesIO()
        np.savez(
            buffer,
            weights=self.weights.astype(np.float16),
            vocabulary=np.frombuffer("\n".join(self.vocabulary).encode(), np.uint8),
            plain=np.frombuffer(json.dumps(plain).encode(), np.uint8),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, buffer.getvalue())

    @staticmethod
    def load(path: Path) -> IntentModel:
        """Read what `save` wrote. Raises what numpy does when the file is not such a model."""
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            weights = archive["weights"].astype(np.float32)
            words = archive["vocabulary"].tobytes().decode().split("\n")
            plain = json.loads(archive["plain"].tobytes())
        return IntentModel(
            tuple(plain["intents"]),
            {word: row for row, word in enumerate(words)},
            weights,
            float(plain["temperature"]),
            Thresholds(**plain["thresholds"]),
            Quality(**plain["quality"]),
            Kinds.of(plain["kinds"]),
            plain["parting"] and Parting.of_plain(plain["parting"]),
        )
