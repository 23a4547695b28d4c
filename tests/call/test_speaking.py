from voicebot.actions import Say
from voicebot.call.speaking import REWIND_MS, Speaking


def test_speeches_are_numbered_and_end_when_heard() -> None:
    speaking = Speaking()
    assert speaking.say("你好", interruptible=False) == Say(1, "你好", False)
    assert speaking.say("请讲") == Say(2, "请讲")
    assert not speaking.interruptible
    assert speaking.begun(1)
    assert not speaking.begun(1)
    assert speaking.heard(1, 20, finished=False) is None
    done = speaking.heard(1, 800, finished=True)
    assert done is not None
    assert (done.text, done.heard_ms) == ("你好", 800)
    assert speaking.busy
    assert speaking.interruptible


def test_what_was_cut_off_is_resumed_a_little_earlier() -> None:
    speaking = Speaking()
    speaking.say("一二三四")
    speaking.say("五六")
    speaking.stop()
    assert not speaking.busy
    cut = speaking.heard(1, 1500, finished=False)
    assert cut is not None
    assert cut.heard_ms == 1500
    assert speaking.resume() == [Say(3, "一二三四", True, 1500 - REWIND_MS), Say(4, "五六", True, 0)]
    assert speaking.resume() == []


def test_what_is_forgotten_is_not_resumed() -> None:
    speaking = Speaking()
    speaking.say("一")
    speaking.stop()
    speaking.forget_cut()
    assert speaking.resume() == []


def test_unknown_speeches_are_ignored() -> None:
    speaking = Speaking()
    assert not speaking.begun(7)
    assert speaking.heard(7, 20, finished=True) is None
