"""Everything about a call's manners that a shop may tune. Times in milliseconds unless the name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EarOptions:
    """When sound counts as speech.

    A frame is speech when the voice activity detector says so, it is `gate_db` louder than the line's noise floor,
    and not quieter than `quietest_dbfs` (`guarded_dbfs` while the bot speaks); nor, once the caller's own level is
    known, `own_start_db` below it when a turn begins, `own_keep_db` when it goes on, and `own_guard_db` while the bot
    speaks; then what wants the word must be within `own_insist_db` of it on the mean. Where nobody was heard for
    long, that level is taken `doubt_db` lower.

    Speech begins with `onset_frames` such frames among the last `onset_window`; while the bot speaks, with
    `insist_frames` that have a pitch, of twice as many. It pauses after `pause_ms` without one. `preroll_ms` of audio
    from before the onset belongs to the utterance.
    """

    onset_frames: int = 3
    onset_window: int = 5
    pause_ms: int = 200
    preroll_ms: int = 300
    insist_frames: int = 3
    gate_db: float = 6.0
    floor_rise_db_per_s: float = 2.0
    quietest_dbfs: float = -42.0
    guarded_dbfs: float = -40.0
    own_start_db: float = 15.0
    own_keep_db: float = 19.0
    own_guard_db: float = 10.0
    own_insist_db: float = 11.0
    doubt_db: float = 6.0


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """How much silence after the caller's last word ends the turn; after a murmur that stopped the bot, `murmur_ms`."""

    answered_ms: int = 360
    finished_ms: int = 560
    unclear_ms: int = 800
    unfinished_ms: int = 1400
    digits_ms: int = 1300
    wait_ms: int = 500
    murmur_ms: int = 300


@dataclass(frozen=True, slots=True)
class CallOptions:
    """The whole of a call's manners.

    `barge_in_ms` of a voice while the bot speaks stop it (see EarOptions: it is `insist_frames` in ms).
    `shortest_ms` is the least voice that may count as something said when nothing was recognised, `voice_ms` the
    least that tells a mood. `filler` is said when a look-up takes longer than `filler_ms`. `human_s` is how long a
    human may have it. A recogniser that says nothing for `transcript_timeout_ms` is lost; one that is known to be late
    is waited for, `late_timeout_ms` at most, and the caller hears `late`. `max_call_s` ends a call;
    `warning_s` before that the caller is told. `patience` multiplies the silence that a question allows: who types
    needs longer than who speaks.
    """

    ear: EarOptions = field(default_factory=EarOptions)
    endpoint: EndpointOptions = field(default_factory=EndpointOptions)
    barge_in_ms: int = 60
    shortest_ms: int = 400
    voice_ms: int = 1000
    key_gap_ms: int = 3000
    patience: float = 1.0
    look_timeout_ms: int = 8000
    transcript_timeout_ms: int = 4000
    late_timeout_ms: int = 16_000
    playing_timeout_ms: int = 30_000
    transfer_timeout_ms: int = 60_000
    filler_ms: int = 1000
    filler: str = "好的,我帮您查一下,请稍等。"
    late: str = "请您稍等一下。"
    apology: str = "非常抱歉,我这边出了点问题,马上为您转接人工客服。"
    human_s: int = 7200
    max_call_s: int = 900
    warning_s: int = 60
    warning: str = "提醒您,本次通话还有一分钟就要结束了。"
    time_is_up: str = "非常抱歉,本次通话时间到了,欢迎您随时再打来,再见。"
