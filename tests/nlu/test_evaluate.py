import numpy as np
import pytest

from voicebot.nlu.evaluate import Judged, calibration_error, evaluate

SAID = [
    Judged("a", "return_goods", "return_goods", 0.9),
    Judged("b", "return_goods", "invoice", 0.6),
    Judged("c", "invoice", "invoice", 0.8),
    Judged("d", "out_of_scope", "out_of_scope", 0.7),
    Judged("e", "out_of_scope", "invoice", 0.5),
    Judged("f", "invoice", "out_of_scope", 0.5),
]


def test_the_figures_of_a_small_set() -> None:
    found = evaluate(SAID)
    assert found.count == 6
    assert found.accuracy == pytest.approx(3 / 6)
    assert found.intents["return_goods"].f1 == pytest.approx(2 / 3)
    assert found.intents["invoice"].precision == pytest.approx(1 / 3)
    assert found.intents["invoice"].recall == pytest.approx(1 / 2)
    assert found.macro_f1 == pytest.approx((2 / 3 + 2 / 5 + 1 / 2) / 3)
    assert found.out_of_scope_recall == pytest.approx(1 / 2)
    assert found.out_of_scope_false_alarms == pytest.approx(1 / 4)
    assert ("return_goods", "invoice", 1) in found.confusions
    assert [one.text for one in found.mistakes] == ["b", "e", "f"]


def test_nothing_cannot_be_evaluated() -> None:
    with pytest.raises(ValueError, match="nothing"):
        evaluate([])


def test_confidence_that_is_true_has_no_calibration_error() -> None:
    sure = np.array([0.75] * 4)
    assert calibration_error(sure, np.array([True, True, True, False])) == pytest.approx(0.0)
    assert calibration_error(sure, np.array([False] * 4)) == pytest.approx(0.75)
