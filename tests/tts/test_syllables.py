"""Pinyin to phonemes, against the front end that the voices were taught with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pypinyin.contrib.tone_convert import to_tone3
from pypinyin.pinyin_dict import pinyin_dict

from voicebot.tts.syllables import phonemes


@pytest.mark.parametrize(
    ("syllable", "expected"),
    [
        ("zhuan3", "ꭧwa↓n"), ("shi4", "ʂɨ↘"), ("ni3", "ni↓"), ("nv3", "ny↓"), ("xue2", "ɕɥe↗"), ("er4", "ɚ↘"),
        ("yuan2", "ɥɛ↗n"), ("de5", "tɤ"), ("wo3", "wo↓"), ("liu2", "ljou↗"), ("gui4", "kwei↘"), ("o2", "ɔ↗"),
        ("?", ""), ("xyz1", ""), ("", ""),
    ],
)  # fmt: skip
def test_syllables(syllable: str, expected: str) -> None:
    assert phonemes(syllable) == expected


def _every_syllable() -> set[str]:
    return {
        to_tone3(one, neutral_tone_with_five=True) for many in pinyin_dict.values() for one in many.split(",")
    }


def test_every_syllable_of_the_dictionary_is_as_misaki_has_it() -> None:
    transcription = pytest.importorskip("misaki.transcription")
    arrows = {"˧˩˧": "↓", "˧˥": "↗", "˥˩": "↘", "˥": "→", "ɻ\u0329": "ɨ", "ɹ\u0329": "ɨ", "\u032f": ""}
    for syllable in sorted(_every_syllable()):
        expected = "".join(next(iter(transcription.pinyin_to_ipa(syllable))))
        for old, new in arrows.items():
            expected = expected.replace(old, new)
        assert phonemes(syllable) == expected, syllable


def test_every_symbol_is_known_to_a_vocabulary(tmp_path: Path) -> None:
    symbols = {symbol for syllable in _every_syllable() for symbol in phonemes(syllable)}
    known = set(json.loads((Path(__file__).parent / "symbols.json").read_text(encoding="utf-8")))
    assert symbols <= known
