"""The lines that the settings switch on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.config import Config
    from voicebot.web.hotline import AsteriskLines, HotlineOptions, TwilioLines


def hotline_options(config: Config) -> HotlineOptions:
    """The lines that the settings switch on."""
    from voicebot.runtime.lobby import LobbyOptions
    from voicebot.web.hotline import HotlineOptions, WebOptions
    from voicebot.web.serving import Place

    server = config.server
    web = WebOptions(
        Place(server.host, server.port),
        server.public_url,
        server.trusted_proxies,
        server.metrics_from,
        server.browser,
        server.chat,
        server.secret,
    )
    limits = LobbyOptions(
        server.calls, server.per_caller, server.longest_s, server.stop_within_s, server.lag_s, server.slow_s
    )
    return HotlineOptions(web, _twilio(config), _asterisk(config), limits)


def _twilio(config: Config) -> TwilioLines | None:
    from voicebot.telephony.twilio_exchange import TwilioOptions
    from voicebot.telephony.twilio_rest import RestOptions
    from voicebot.web.hotline import TwilioLines

    settings = config.twilio
    if not settings.account_sid:
        return None
    account = RestOptions(settings.account_sid, settings.auth_token, settings.api_url)
    return TwilioLines(
        account, TwilioOptions(settings.numbers, settings.warm, settings.caller_id, settings.ring_s)
    )


def _asterisk(config: Config) -> AsteriskLines | None:
    from voicebot.telephony.ari_call import AriOptions
    from voicebot.telephony.ari_client import AriAccess
    from voicebot.telephony.dialplan import DialplanOptions
    from voicebot.web.hotline import AsteriskLines
    from voicebot.web.serving import Place

    settings = config.asterisk
    if not settings.on:
        return None
    options = DialplanOptions(settings.numbers, settings.announced_only)
    media = settings.media_address or f"{settings.host}:{settings.port}"
    control = AriOptions(settings.ari_app, media, settings.numbers, settings.context)
    access = (
        AriAccess(settings.ari_url, settings.ari_user, settings.ari_password) if settings.ari_url else None
    )
    return AsteriskLines(Place(settings.host, settings.port), settings.secret, options, access, control)
