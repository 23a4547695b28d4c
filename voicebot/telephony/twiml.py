"""What Twilio is told to do next, in its markup."""

from __future__ import annotations

from twilio.twiml.voice_response import Conference, Dial, Gather, VoiceResponse

LANGUAGE = "zh-CN"
BUSY = "您好,现在来电较多,暂时无法接听,请您稍后再拨,再见。"
ACCEPT = "接听请按一,不方便接听请按二。"


def connect(stream_url: str, token: str) -> str:
    """Join the caller to the bot. Twilio allows no query string in a stream's address, hence a parameter."""
    response = VoiceResponse()
    response.connect().stream(url=stream_url).parameter(name="token", value=token)
    response.hangup()
    return str(response)


def busy() -> str:
    """Say that nobody can answer, and hang up."""
    response = VoiceResponse()
    response.say(BUSY, language=LANGUAGE)
    response.hangup()
    return str(response)


def hang_up() -> str:
    """End this leg."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def nothing() -> str:
    """Go on as you were."""
    return str(VoiceResponse())


def dial(number: str, *, action: str, whisper: str, timeout_s: int) -> str:
    """Ring a human; `whisper` is what he hears before the caller does; `action` is told how it ended."""
    response = VoiceResponse()
    human = Dial(action=action, answer_on_bridge=True, timeout=timeout_s)
    human.number(number, url=whisper)
    response.append(human)
    return str(response)


def wait_in_room(room: str, *, action: str) -> str:
    """The caller waits in a conference until a human opens it; `action` is told when he leaves it."""
    response = VoiceResponse()
    place = Dial(action=action)
    place.append(Conference(room, start_conference_on_enter=False, end_conference_on_exit=True, beep=False))
    response.append(place)
    return str(response)


def open_room(room: str) -> str:
    """The human opens the conference."""
    response = VoiceResponse()
    place = Dial()
    place.append(Conference(room, start_conference_on_enter=True, end_conference_on_exit=True, beep=False))
    response.append(place)
    return str(response)


def whisper(sentence: str, *, accept: str, wait_s: int = 8) -> str:
    """Tell the human in one sentence what it is about; a key takes the call, another or none declines."""
    response = VoiceResponse()
    keys = Gather(num_digits=1, timeout=wait_s, action=accept)
    keys.say(sentence, language=LANGUAGE)
    keys.say(ACCEPT, language=LANGUAGE)
    response.append(keys)
    response.hangup()
    return str(response)
