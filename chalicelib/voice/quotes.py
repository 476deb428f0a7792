"""The operation that reads a security out: price, change, the day's limits, and what is special about it."""

from chalicelib import trading
from chalicelib.platform.clock import business_day, now
from chalicelib.trading import Standing
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.speech import digits, name, say


def read_quote(call: Call) -> Answer:
    """Code -> Result ok | unknown, and Speech. For anybody: it asks for no account."""
    code = call.parameter("Code")
    found = trading.standing(code, business_day(now())) if code.isascii() and code.isdigit() else None
    if found is None:
        return {"Result": "unknown", "Speech": say(call.language, "refused.unknown")}
    return {"Result": "ok", "Speech": " ".join(_sentences(call.language, found))}


def _sentences(language: str, found: Standing) -> list[str]:
    """A suspended security has no price of today: of it only the last one is said."""
    quote = found.quote
    named = {"name": name(quote.names, language), "code": digits(quote.code)}
    status = [] if quote.status == "normal" else [say(language, f"quote.{quote.status}")]
    if quote.suspended:
        return [say(language, "quote.suspended", **named, price=found.price), *status]
    direction = "up" if found.change > 0 else "down" if found.change < 0 else "flat"
    moved = {"change": abs(found.change), "percent": abs(found.percent)}
    limits = (
        say(language, "quote.limits", low=found.band[0], high=found.band[1])
        if found.band
        else say(language, "quote.no_limits")
    )
    return [say(language, f"quote.{direction}", **named, price=found.price, **moved), limits, *status]
