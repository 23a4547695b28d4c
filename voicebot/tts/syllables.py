"""Pinyin syllables as the phoneme symbols that Kokoro's Mandarin voices (v1.0) were taught.

The symbols are IPA after misaki's Mandarin front end: an initial, a glide and vowel, the tone as an arrow
right after the vowel, then the coda. Tones are the dictionary's; the voices make the tone sandhi themselves.
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin.contrib.tone_convert import to_finals, to_initials

TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ",
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip

_FINALS = {
    "a": "a", "o": "wo", "e": "ɤ", "ai": "ai", "ei": "ei", "ao": "au", "ou": "ou",
    "an": "a+n", "en": "ə+n", "ang": "a+ŋ", "eng": "ə+ŋ", "ong": "ʊ+ŋ",
    "i": "i", "ia": "ja", "ie": "je", "iao": "jau", "iou": "jou",
    "ian": "jɛ+n", "in": "i+n", "iang": "ja+ŋ", "ing": "i+ŋ", "iong": "jʊ+ŋ",
    "u": "u", "ua": "wa", "uo": "wo", "uai": "wai", "uei": "wei",
    "uan": "wa+n", "uen": "wə+n", "uang": "wa+ŋ", "ueng": "wə+ŋ",
    "ü": "y", "üe": "ɥe", "üan": "ɥɛ+n", "ün": "y+n",
}  # fmt: skip

_WHOLE = {"er": "ɚ", "o": "ɔ", "io": "jɔ", "ê": "ɛ", "m": "m", "n": "n", "ng": "ŋ", "hm": "hm", "hng": "hŋ"}

_BUZZING = {"zh", "ch", "sh", "r", "z", "c", "s"}
"""After these the final written i is not [i] but a continued consonant."""


@lru_cache(maxsize=2048)
def phonemes(syllable: str) -> str:
    """Phonemes of one syllable as pinyin with its tone number ("nv3", "de5"); "" for what is not pinyin."""
    plain, tone = (syllable[:-1], syllable[-1]) if syllable[-1:].isdigit() else (syllable, "5")
    if tone not in TONES:
        return ""
    if plain in _WHOLE:
        return _WHOLE[plain] + TONES[tone]
    initial = to_initials(plain, strict=True)
    final = to_finals(plain, strict=True, v_to_u=True)
    if final not in _FINALS or (initial and initial not in _INITIALS):
        return ""
    vowel, _, coda = _FINALS[final].partition("+")
    if final == "i" and initial in _BUZZING:
        vowel = "ɨ"
    return _INITIALS.get(initial, "") + vowel + TONES[tone] + coda
