"""What a caller is told who waits for a human."""

from __future__ import annotations

import math

SOON_S = 45.0
"""Less than this is no minute."""


def place_in_words(position: int, wait_s: float) -> str:
    """His place in the queue (1: he is next; 0: it rings at an agent) and about how long it will take."""
    if position <= 0:
        return "正在接通人工坐席，马上就来，请不要挂断。"
    place = "您是下一位" if position == 1 else f"您前面还有{position - 1}位"
    minutes = math.ceil(wait_s / 60)
    wait = "很快就到您" if wait_s < SOON_S else f"预计等待{minutes}分钟左右"
    return f"人工坐席正忙，{place}，{wait}，请不要挂断。"
