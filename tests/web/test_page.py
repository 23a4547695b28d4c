"""The page in a real browser, with a recorded file as its microphone."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.telephony.house import until
from tests.web.test_hotline import server
from voicebot.audio import to_pcm, write_wav

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def syllables(path: Path) -> None:
    """Two seconds of silence, then a second of bursts with the rhythm and the spectrum of speech."""
    rate, noise = 48000, np.random.default_rng(7)
    time = np.arange(rate) / rate
    pitch = np.cumsum(120 + 30 * np.sin(2 * np.pi * 1.5 * time)) / rate
    voice = sum(np.sin(2 * np.pi * n * pitch) / n for n in range(1, 25))
    burst = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) ** 0.5 * (voice + 0.1 * noise.standard_normal(rate))
    sound = np.concatenate([np.zeros(2 * rate), burst / np.abs(burst).max() * 20000, np.zeros(20 * rate)])
    write_wav(path, to_pcm(sound), rate)


def flags_for(microphone: Path) -> list[str]:
    """What makes Chromium take a recorded file for the microphone, and ask nobody for leave."""
    return [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
        "--autoplay-policy=no-user-gesture-required",
    ]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")
def test_a_call_in_a_real_browser(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.async_api", reason="the playwright package is not installed")
    microphone = tmp_path / "microphone.wav"
    syllables(microphone)

    async def test() -> None:
        async with server("查订单") as far, playwright.async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=flags_for(microphone))
            page = await browser.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
            await page.goto(far.url("/call"))
            await page.click("#ring")
            talk = page.locator("#talk li")
            await talk.filter(has_text="请问有什么可以帮您").wait_for()
            await page.locator("body[data-playing]").wait_for(state="attached")
            await page.locator("#talk li.caller").filter(has_text="查订单").wait_for(timeout=10_000)
            await talk.filter(has_text="订单号是多少").wait_for()
            for key in "20261120#":
                await page.get_by_role("button", name=key, exact=True).click()
            await talk.filter(has_text="订单在路上").wait_for()
            assert await page.locator("#state").text_content() == "通话中"
            await page.click("#hang-up")
            assert await page.locator("#state").text_content() == "已挂断"
            await until(lambda: far.building.finished)
            assert far.building.kinds("ended") == [{"by": "caller"}]
            assert far.building.kinds("keyed") == [{"keys": "20261120"}]
            assert faults == []
            await browser.close()

    async def timed() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(timed())
