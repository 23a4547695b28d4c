"""One shop's bot: every part chosen by the settings, made when it is first wanted, and joined."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.app.demo import demo_database
from voicebot.app.whole_shop import WholeShop
from voicebot.call import Call, CallOptions, Parts, Placed
from voicebot.config import Config
from voicebot.errors import VoicebotError
from voicebot.events import Transcript
from voicebot.nlu.understanding import Understanding
from voicebot.ports import Recognizer, Shop, Vad
from voicebot.runtime.clock import SystemClock

if TYPE_CHECKING:
    from voicebot.app.foresight import Understand
    from voicebot.app.training_office import Taught
    from voicebot.app.variants import Variants
    from voicebot.dialogue import Script
    from voicebot.knowledge.entries import Library
    from voicebot.knowledge.goods import Goods
    from voicebot.knowledge.knowledge import Knowledge
    from voicebot.nlu.catalogue import Catalogue
    from voicebot.nlu.understand import Understander
    from voicebot.outbound.messages import MessageGateway
    from voicebot.replay.run import Stage
    from voicebot.runtime.driver import Engines
    from voicebot.shop.rules import Rules
    from voicebot.tts.parts import Part
    from voicebot.tts.speaker import Speaker


@dataclass(frozen=True)
class App:
    """One shop's bot. Every part is made when it is first wanted, and then kept."""

    config: Config

    @cached_property
    def clock(self) -> SystemClock:
        """The clock of this process."""
        return SystemClock()

    def now(self) -> datetime:
        """The shop's local time."""
        return self.clock.today(self.config.shop.timezone)

    def with_voice(self, engine: str | None) -> App:
        """The same bot with another voice: espeak, tone, or one of Kokoro's; None changes nothing."""
        if engine is None:
            return self
        known = engine in {"espeak", "tone"}
        changed = {"engine": engine} if known else {"engine": "kokoro", "name": engine}
        return App(self.config.model_copy(update={"voice": self.config.voice.model_copy(update=changed)}))

    # -- hearing and speaking -------------------------------------------------------------------------------

    @cached_property
    def vad(self) -> Vad:
        """Voice activity detection, shared by all calls."""
        if self.config.hearing.vad == "silero":
            from voicebot import models
            from voicebot.vad.silero import SileroVad

            return SileroVad(models.folder("silero-vad") / "silero_vad.onnx")
        from voicebot.vad.webrtc import WebrtcVad

        return WebrtcVad()

    @cached_property
    def recognizer(self) -> Recognizer:
        """Recognition, shared by all calls, taught the sentences of this shop's callers."""
        from voicebot import models
        from voicebot.asr.vosk import VoskRecognizer

        model = models.folder("vosk-model-small-cn-0.22")
        return VoskRecognizer.open(model, self.grammars, self.understander.sentences)

    @cached_property
    def synthesizer(self) -> Speaker:
        """The bot's voice, with what it said before on disk."""
        from voicebot import models
        from voicebot.app.fixed_speech import FixedSpeech
        from voicebot.tts.speaker import Speaker
        from voicebot.tts.voices import KOKORO, cache_folder, open_voice

        settings = self.config.voice
        name = settings.name if settings.engine == "kokoro" else settings.engine
        voice = open_voice(name, settings.speed, lambda: models.folder(KOKORO))
        cache = FixedSpeech(cache_folder(), settings.cache_mb << 20, lambda: self.fixed_texts)
        return Speaker(voice, cache, lambda: self.now().year)

    @property
    def threads(self) -> int:
        """Threads that recognise side by side."""
        return self.config.hearing.threads or os.cpu_count() or 2

    # -- understanding and talking --------------------------------------------------------------------------

    @property
    def grammars(self) -> Path:
        """The folder that says how people say things."""
        return self.config.path(self.config.paths.grammars)

    @cached_property
    def taught(self) -> Taught:
        """Understanding, trained from the grammars (or read from an earlier training's cache), until more is taught."""
        from voicebot.app.training_office import LEARNED, Taught
        from voicebot.nlu.understand import Understander

        return Taught(Understander.open(self.grammars, LEARNED))

    @property
    def understander(self) -> Understander:
        """What calls that begin now are understood with."""
        return self.taught.now

    @cached_property
    def script(self) -> Script:
        """The dialogue, checked."""
        from voicebot.dialogue import load_script

        return load_script(
            self.config.path(self.config.paths.dialogue),
            constants={"shop": {"name": self.config.shop.name}},
            expecting=[path.stem for path in (self.grammars / "expecting").glob("*.yaml")],
        )

    @cached_property
    def variants(self) -> Variants:
        """The wordings that are tried, and what came of them."""
        from voicebot.app.variants import variants_of

        return variants_of(self)

    @cached_property
    def library(self) -> Library:
        """The entries of the knowledge base."""
        from voicebot.knowledge.entries import load_folder

        return load_folder(self.config.path(self.config.paths.knowledge))

    @property
    def private_answers(self) -> frozenset[str]:
        """What is asked for without the answer being recorded. Raises VoicebotError for what nobody asks for."""
        known = {path.stem for path in (self.grammars / "expecting").glob("*.yaml")}
        for name in self.config.recording.private:
            if name not in known:
                raise VoicebotError(
                    f"[recording] private: nothing is expected under the name '{name}'; "
                    f"there are {', '.join(sorted(known))}"
                )
        return frozenset(self.config.recording.private)

    def call(
        self,
        call_id: str,
        now: datetime,
        catalogue: Catalogue | None = None,
        manners: CallOptions | None = None,
        *,
        script: Script | None = None,
        placed: Placed | None = None,
        ahead: Callable[[Understand], Understand] | None = None,
    ) -> Call:
        """A new call at the shop's time `now`; `manners` and `script` stand in for the settings'.

        `placed`: the bot has rung, and finds out first who has answered.

        `ahead` may put something between the call and understanding, which works it out in advance.
        """
        understander, today = self.understander, now.date()

        def understand(heard: Transcript, expecting: str | None, known: Sequence[str]) -> Understanding:
            return understander.understand(
                heard, expecting=expecting, today=today, catalogue=catalogue, known=known
            )

        learned = understander.thresholds
        script = self.variants.varied(script or self.script).with_thresholds(learned.act, learned.confirm)
        parts = Parts(call_id, script, ahead(understand) if ahead else understand, self.vad.stream(), now)
        parts = replace(parts, placed=placed)
        return Call(parts, manners or self.config.call)

    def opening_parts(self) -> list[Part]:
        """With what the bot's replies begin, as far as that does not depend on the call.

        Made before the first call, they play from the cache while the rest of a reply is made: the first part of
        every template of the dialogue and of every answer of the knowledge base.
        """
        from voicebot.dialogue.spoken import templates

        manners, speaker = self.config.call, self.synthesizer
        said = [
            *templates(self.script),
            manners.filler,
            manners.late,
            manners.apology,
            manners.warning,
            manners.time_is_up,
        ]
        parts = [part for text in said for part in speaker.fixed_opening(text)]
        parts += [part for entry in self.library.entries for part in speaker.fixed_opening(entry.answer)]
        return list({part.text: part for part in parts}.values())

    @cached_property
    def fixed_texts(self) -> frozenset[str]:
        """Every part of speech that no placeholder touches, the same for every caller: what may lie on a disk."""
        from voicebot.dialogue.spoken import templates

        speaker = self.synthesizer
        said = [*templates(self.script), *(entry.answer for entry in self.library.entries)]
        said += [words for words in vars(self.config.call).values() if isinstance(words, str)]
        return frozenset(part.text for text in said for part in speaker.fixed_parts(text))

    def prepare_speech(self, done: Callable[[int, int], None]) -> None:
        """Make every opening part that is not in the cache; tells (how many are there, of how many)."""
        parts, speaker = self.opening_parts(), self.synthesizer
        missing = [part for part in parts if not speaker.cached(part)]
        done(len(parts) - len(missing), len(parts))
        with ThreadPoolExecutor(self.threads) as pool:
            for count, _ in enumerate(pool.map(speaker.part_audio, missing), len(parts) - len(missing) + 1):
                done(count, len(parts))

    def check(self) -> None:
        """Read every data file, so that mistakes are told before anything slow is loaded."""
        _ = (self.script, self.library, self.rules)

    # -- the shop -------------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> Rules:
        """The shop's rules."""
        from voicebot.shop.rules import load_rules

        return load_rules(self.config.path(self.config.paths.rules))

    def shop(self, url: str, now: Callable[[], datetime]) -> WholeShop:
        """The shop whose data is at this URL. Raises VoicebotError when it is not there or has another schema."""
        from voicebot.shop.goods import goods_of
        from voicebot.shop.shop import SqlShop
        from voicebot.store.migrate import open_database

        database = open_database(url)
        goods = tuple(goods_of(database))
        return WholeShop(
            SqlShop(database, self.rules, now), goods, self._knowledge(goods), now, self._messages()
        )

    def _messages(self) -> MessageGateway:
        from voicebot.outbound.messages import FileGateway, HttpGateway

        settings = self.config.messages
        if settings.url:
            return HttpGateway(settings.url, settings.secret, settings.timeout_s)
        return FileGateway(self.config.path(settings.file))

    def _knowledge(self, goods: tuple[Goods, ...]) -> Knowledge:
        """The knowledge base together with these goods, ready to be asked."""
        from voicebot.knowledge.loading import load_knowledge
        from voicebot.models import cache_folder

        key = repr(goods)
        if key not in self._built:
            folder = self.config.path(self.config.paths.knowledge)
            self._built[key] = load_knowledge(folder, goods, cache_folder())
        return self._built[key]

    @cached_property
    def _built(self) -> dict[str, Knowledge]:
        return {}

    def demo_shop(self, now: datetime, folder: Path) -> WholeShop:
        """The demonstration shop of that day in a database of its own in `folder`."""
        file = folder / f"shop-{now.date()}-{len(list(folder.iterdir()))}.db"
        shutil.copyfile(demo_database(now.date()), file)
        return self.shop(f"sqlite:///{file}", lambda: now)

    # -- whole calls ----------------------------------------------------------------------------------------

    def engines(self, shop: Shop | None = None) -> Engines:
        """Everything that calls in real time share; the shop of the settings, unless another is given."""
        from voicebot.app.engines import engines

        return engines(self, shop)

    @contextmanager
    def stage(self, *, scripted: bool) -> Iterator[Stage]:
        """What replays of fixtures need: the demonstration shop of each fixture's day, anew for each call."""
        from voicebot.replay.run import Stage

        self.check()
        catalogues: dict[date, Catalogue] = {}
        recognizer = None if scripted else self.recognizer
        with tempfile.TemporaryDirectory(prefix="voicebot-") as folder:

            def shop(now: datetime) -> WholeShop:
                return self.demo_shop(now, Path(folder)).for_a_call()

            def call(call_id: str, now: datetime) -> Call:
                if now.date() not in catalogues:
                    catalogues[now.date()] = shop(now).catalogue()
                return self.call(call_id, now, catalogues[now.date()])

            yield Stage(call, recognizer, self.synthesizer, shop, self.threads)

    @contextmanager
    def text_shop(self, url: str | None, now: datetime) -> Iterator[WholeShop]:
        """The shop at this URL, or a demonstration shop of the day of `now`, thrown away afterwards; for one call."""
        self.check()
        if url is not None:
            yield self.shop(url, lambda: now).for_a_call()
            return
        with tempfile.TemporaryDirectory(prefix="voicebot-") as folder:
            yield self.demo_shop(now, Path(folder)).for_a_call()

    def warming(self) -> list[tuple[str, Callable[[], object]]]:
        """What to load before the first call, each with its name."""
        return [
            ("the dialogue", lambda: self.script),
            ("understanding", lambda: self.understander),
            ("the knowledge base", lambda: self._knowledge(())),
            ("the voice", lambda: self.synthesizer),
            ("recognition", lambda: self.recognizer),
        ]
