"""The real recogniser: recorded digits, spoken sentences, losses, and what carries over between callers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from voicebot import models
from voicebot.asr.expecting import Expecting, load
from voicebot.asr.vosk import VoskRecognizer, VoskStream
from voicebot.audio import read_wav, silence
from voicebot.errors import VoicebotError
from voicebot.events import Transcript
from voicebot.nlu.digits import digits_of

MODEL = "vosk-model-small-cn-0.22"
PIECE = 320

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def recognizer(root: Path) -> VoskRecognizer:
    grammars = root / "grammars" / "zh-CN"
    return VoskRecognizer.open(models.folder(MODEL), grammars, ["我要转人工", "我要退货"])


@pytest.fixture(scope="module")
def digits(testdata: Path) -> bytes:
    """四三八六 by one recorded person, a quarter of a second apart."""
    folder = testdata / "digits" / "speaker_b"
    said = [read_wav(folder / f"{digit}.wav") + silence(250) for digit in "四三八六"]
    return silence(300) + b"".join(said) + silence(300)


@pytest.fixture(scope="module")
def transfer() -> bytes:
    """转人工, spoken by the caller's voice."""
    from voicebot.tts.voices import KOKORO, open_voice

    voice = open_voice("zm_yunxi", 1.0, lambda: models.folder(KOKORO))
    return silence(300) + voice.speak("转人工") + silence(300)


def pieces(pcm: bytes) -> Iterator[bytes]:
    return (pcm[at : at + PIECE] for at in range(0, len(pcm), PIECE))


def hear(stream: VoskStream, pcm: bytes) -> Transcript:
    for piece in pieces(pcm):
        stream.accept(piece)
    return stream.finish()


def test_digits_are_heard_with_times_and_alternatives(recognizer: VoskRecognizer, digits: bytes) -> None:
    transcript = hear(recognizer.stream("digits"), digits)
    assert digits_of(transcript.text) == "4386"
    assert {alternative.source for alternative in transcript.alternatives} == {"free", "domain"}
    assert transcript.confidence > 0.5
    starts = [word.start for word in transcript.words]
    assert starts == sorted(starts)
    assert transcript.words[-1].end <= len(digits) / 16000


def test_a_grammar_hears_what_dictation_does_not_know(recognizer: VoskRecognizer, transfer: bytes) -> None:
    assert hear(recognizer.stream("yes_no"), transfer).text == "转人工"
    assert hear(recognizer.stream(None), transfer).text == "转人工"


def test_who_is_asked_for_digits_may_say_something_else(recognizer: VoskRecognizer, transfer: bytes) -> None:
    transcript = hear(recognizer.stream("digits"), transfer)
    assert transcript.text == "转人工"


def test_the_text_so_far_grows(recognizer: VoskRecognizer, digits: bytes) -> None:
    stream = recognizer.stream("digits")
    texts = list(dict.fromkeys(stream.accept(piece) for piece in pieces(digits)))
    stream.close()
    assert len(texts) > 2
    assert len(texts[-1]) > len(texts[0])


def test_an_utterance_leaves_nothing_to_the_next_one(recognizer: VoskRecognizer, digits: bytes) -> None:
    first = hear(recognizer.stream("digits"), digits)
    given_up = recognizer.stream("digits")
    given_up.accept(digits)
    given_up.close()
    given_up.close()
    again = hear(recognizer.stream("digits"), digits)
    assert (again.text, again.words) == (first.text, first.words)
    assert again.confidence == pytest.approx(first.confidence)


def test_long_pieces_and_short_ones_sound_the_same(recognizer: VoskRecognizer, digits: bytes) -> None:
    stream = recognizer.stream("digits")
    stream.accept(digits)
    assert stream.finish().text == hear(recognizer.stream("digits"), digits).text


def test_silence_and_nothing_are_empty(recognizer: VoskRecognizer) -> None:
    assert hear(recognizer.stream("digits"), silence(1000)).text == ""
    assert recognizer.stream(None).finish() == Transcript("", 0.0)


def test_a_finished_stream_takes_no_more(recognizer: VoskRecognizer) -> None:
    stream = recognizer.stream(None)
    stream.finish()
    with pytest.raises(RuntimeError, match="finished"):
        stream.accept(silence(200))


def test_a_lost_decoder_is_an_exception_and_is_not_lent_again(
    recognizer: VoskRecognizer, digits: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = recognizer.stream("digits")
    lost = stream.decoders[1]

    def fail(pcm: bytes) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(lost, "accept", fail)
    with pytest.raises(RuntimeError, match="out of memory"):
        stream.accept(digits)
    again = recognizer.stream("digits")
    assert lost not in again.decoders
    assert digits_of(hear(again, digits).text) == "4386"


def test_streams_in_several_threads_do_not_disturb_each_other(
    recognizer: VoskRecognizer, digits: bytes, transfer: bytes
) -> None:
    heard: dict[int, str] = {}

    def listen(number: int) -> None:
        name, pcm = ("digits", digits) if number % 2 else ("yes_no", transfer)
        heard[number] = hear(recognizer.stream(name), pcm).text

    threads = [threading.Thread(target=listen, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [digits_of(heard[n]) if n % 2 else heard[n] for n in range(6)] == ["转人工", "4386"] * 3


def test_an_unknown_name_is_one_sentence_with_the_known_ones(recognizer: VoskRecognizer) -> None:
    with pytest.raises(VoicebotError, match=r"'zip_code'.*digits.*yes_no"):
        recognizer.stream("zip_code")


def test_a_folder_without_a_model_is_one_sentence(root: Path, tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="voicebot models fetch"):
        VoskRecognizer(tmp_path, load(root / "grammars" / "zh-CN" / "expecting"))


def test_anything_must_be_among_what_is_expected() -> None:
    with pytest.raises(VoicebotError, match=r"anything\.yaml"):
        VoskRecognizer(models.folder(MODEL), {"digits": Expecting("digits", "digits")})


def test_the_lexicon_has_all_that_comes_with_voicebot(recognizer: VoskRecognizer) -> None:
    assert recognizer.remarks == []


@pytest.mark.parametrize("expecting", ["digits", "yes_no", None])
def test_pressed_it_listens_only_for_what_is_expected(
    recognizer: VoskRecognizer, transfer: bytes, expecting: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognizer, "pressed", lambda: True)
    before = recognizer.frugal
    stream = recognizer.stream(expecting)
    assert "" not in [decoder.grammar for decoder in stream.decoders]
    transcript = hear(stream, transfer)
    assert transcript.text == "转人工"
    assert {alternative.source for alternative in transcript.alternatives} == {"domain"}
    assert recognizer.frugal == before + 1
    assert recognizer._pool.lent == 0
