"""Kokoro: what goes wrong is told, and what is said can be understood."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voicebot.audio import duration_ms, rms_dbfs, to_samples
from voicebot.errors import VoicebotError
from voicebot.tts.kokoro import KokoroOptions, KokoroVoice
from voicebot.tts.reading import read
from voicebot.tts.speaker import Speaker


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match=r"no Kokoro voices in .*voices: run 'voicebot models fetch'"):
        KokoroVoice(tmp_path)


def test_broken_files_are_named_one_by_one(tmp_path: Path) -> None:
    voice = tmp_path / "voices" / "zf_xiaoxiao.bin"
    voice.parent.mkdir()
    voice.write_bytes(b"1234")
    with pytest.raises(VoicebotError, match=r"broken Kokoro voice in .*zf_xiaoxiao\.bin"):
        KokoroVoice(tmp_path)
    voice.write_bytes(bytes(510 * 256 * 4))
    with pytest.raises(VoicebotError, match=r"no Kokoro vocabulary in .*vocab\.json"):
        KokoroVoice(tmp_path)
    (tmp_path / "vocab.json").write_text('{"vocab": {"a": 43}}')
    with pytest.raises(VoicebotError, match=r"no Kokoro model in .*model\.int8\.onnx"):
        KokoroVoice(tmp_path)
    (tmp_path / "model.int8.onnx").write_bytes(b"not a model")
    with pytest.raises(VoicebotError, match=r"broken Kokoro model in .*model\.int8\.onnx"):
        KokoroVoice(tmp_path)


def test_an_unknown_voice_names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "zm_yunxi.bin").write_bytes(b"")
    with pytest.raises(VoicebotError, match="no Kokoro voice 'nobody'; there are zm_yunxi"):
        KokoroVoice(tmp_path, KokoroOptions("nobody"))


def test_a_speed_that_cannot_be_spoken(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match=r"speed 3\.0"):
        KokoroVoice(tmp_path, KokoroOptions(speed=3.0))


@pytest.fixture(scope="module")
def folder() -> Path:
    from voicebot.models import folder

    try:
        return folder("kokoro-82m")
    except VoicebotError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def voice(folder: Path) -> KokoroVoice:
    return KokoroVoice(folder)


@pytest.mark.engines
def test_speech_begins_at_once_at_the_telephones_level(voice: KokoroVoice) -> None:
    audio = voice.speak("请稍等，")
    samples = np.abs(to_samples(audio).astype(int))
    assert 300 < duration_ms(audio) < 2000
    assert np.flatnonzero(samples > samples.max() * 0.05)[0] < 0.05 * 8000
    assert -24 < rms_dbfs(audio) < -18


@pytest.mark.engines
def test_nothing_to_say(voice: KokoroVoice) -> None:
    assert voice.speak("，") == b""
    assert voice.speak("□。") == b""


@pytest.mark.engines
def test_threads_share_one_voice(voice: KokoroVoice) -> None:
    with ThreadPoolExecutor(2) as pool:
        short, long = pool.map(voice.speak, ["您好，", "请说一下您的订单号。"])
    assert 200 < duration_ms(short) < duration_ms(long) < 4000


@pytest.mark.engines
def test_speed_and_voice_are_part_of_the_identity(folder: Path, voice: KokoroVoice) -> None:
    quick = KokoroVoice(folder, KokoroOptions(speed=1.5))
    assert voice.identity.startswith("kokoro zf_xiaoxiao 1.00 ")
    assert quick.identity != voice.identity
    text = "您的包裹已经到杭州，"
    assert len(quick.speak(text)) < 0.85 * len(voice.speak(text))


SENTENCES = [
    "您好，这里是客服热线，请问有什么可以帮您？",
    "好的，请稍等，我帮您查一下。",
    "您的包裹已经到杭州，预计11月20日15:00前送达。",
    "您的订单一共128.5元。",
    "我们支持七天无理由退货。",
    "请您说一下手机号码。",
    "正在为您转接人工客服，请不要挂机。",
    "感谢您的来电，再见。",
]


@pytest.fixture(scope="module")
def recognizer() -> Any:
    vosk = pytest.importorskip("vosk")
    from voicebot.models import folder

    try:
        path = folder("vosk-model-small-cn-0.22")
    except VoicebotError as error:
        pytest.skip(str(error))
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(path))
    recognizer = vosk.KaldiRecognizer(model, 8000)
    recognizer.model = model
    return recognizer


def _heard(recognizer: Any, audio: bytes) -> str:
    recognizer.AcceptWaveform(bytes(3200) + audio + bytes(8000))
    text: str = json.loads(recognizer.FinalResult())["text"]
    recognizer.Reset()
    return text.replace(" ", "")


def _errors(said: str, heard: str) -> int:
    """Edit distance."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(said, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@pytest.mark.engines
def test_a_recogniser_understands_what_the_bot_says(voice: KokoroVoice, recognizer: Any) -> None:
    """Measured: 10 of 109 characters wrong in each of three runs (said in parts); whole sentences 3 or 4."""
    speaker = Speaker(voice)
    wrong = length = 0
    for sentence in SENTENCES:
        spoken = "".join(character for character in read(sentence) if character.isalnum())
        heard = _heard(recognizer, b"".join(speaker.synthesize(sentence)))
        wrong, length = wrong + _errors(spoken, heard), length + len(spoken)
    assert wrong / length < 0.18, f"{wrong} of {length} characters"


@pytest.mark.engines
def test_numbers_said_in_groups_are_understood(voice: KokoroVoice, recognizer: Any) -> None:
    """Measured with a grammar of digits: 3 of 76 digits wrong, all of them one of a doubled digit."""
    import vosk

    words = ["零 一 幺 二 三 四 五 六 七 八 九 尾号 是"]
    listener = vosk.KaldiRecognizer(recognizer.model, 8000, json.dumps(words, ensure_ascii=False))
    wrong = length = 0
    for number in ("4217", "8093", "202611200457", "13805716042"):
        heard = _heard(listener, voice.speak(read(f"尾号是{number}。"))).replace("幺", "一")
        said = read(number if len(number) > 4 else f"尾号{number}").replace("幺", "一")
        said, heard = (re.sub("[^零一二三四五六七八九]", "", text) for text in (said, heard))
        wrong, length = wrong + _errors(said, heard), length + len(said)
    assert wrong <= 4, f"{wrong} of {length} digits"
