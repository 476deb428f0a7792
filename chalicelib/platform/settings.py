"""Settings come from the environment that the template gives each function; only table names, and which counter there
is, are read at import."""

import os
from datetime import timedelta
from typing import NamedTuple


def required(name: str) -> str:
    """The value of the environment variable ``name``. Raises RuntimeError naming it where the template forgot it."""
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"The environment variable {name} is not set: add it to the function in infra/app.yaml.")
    return value


def optional(name: str) -> str:
    """The value of an environment variable that may be left out: "" then."""
    return os.environ.get(name, "")


def table_name(table: str) -> str:
    """The physical name of ``table`` ("CUSTOMERS" -> $CUSTOMERS_TABLE).

    A function that may not touch a table is not told its name; models are imported all the same, so a missing name
    is only an error when the table is used: DynamoDB then refuses the name.
    """
    return os.environ.get(f"{table}_TABLE", f"{table}-table-not-granted")


def web_origin() -> str:
    """The one origin whose pages may call the API, as in https://www.example.com (WEB_ORIGIN, default none)."""
    return os.environ.get("WEB_ORIGIN", "")


def pin_attempts_a_day() -> int:
    """Wrong phone passwords that lock an account for the rest of the day (PIN_ATTEMPTS_A_DAY, default 5)."""
    return int(os.environ.get("PIN_ATTEMPTS_A_DAY", "5"))


def holdings_a_page() -> int:
    """Holdings read out before the caller is asked to press on (HOLDINGS_A_PAGE, default 3)."""
    return int(os.environ.get("HOLDINGS_A_PAGE", "3"))


def orders_a_page() -> int:
    """Orders, or trades, read out before the caller is asked to press on (ORDERS_A_PAGE, default 3)."""
    return int(os.environ.get("ORDERS_A_PAGE", "3"))


def statement_limits() -> tuple[int, int, str]:
    """The longest period of a statement and how far back it may begin, in months (STATEMENT_MONTHS, default 12;
    STATEMENT_MONTHS_BACK, 60); the time in Shanghai from which today's can be made (STATEMENT_READY, 16:30)."""
    months, back = os.environ.get("STATEMENT_MONTHS", "12"), os.environ.get("STATEMENT_MONTHS_BACK", "60")
    return int(months), int(back), os.environ.get("STATEMENT_READY", "16:30")


def recent_days() -> int:
    """Days, today among them, whose orders a caller hears as the recent ones (RECENT_DAYS, default 7)."""
    return int(os.environ.get("RECENT_DAYS", "7"))


def attachment_limits() -> tuple[int, tuple[str, ...]]:
    """The longest file beside a ticket, in bytes (ATTACHMENT_MEGABYTES, default 20), and the types that are taken
    (ATTACHMENT_TYPES)."""
    types = "application/pdf audio/mpeg audio/wav image/jpeg image/png text/plain"
    return int(os.environ.get("ATTACHMENT_MEGABYTES", "20")) * 2**20, tuple(
        os.environ.get("ATTACHMENT_TYPES", types).split()
    )


def attachment_link_minutes() -> int:
    """How long a link to put or to have such a file is good for (ATTACHMENT_LINK_MINUTES, default 5)."""
    return int(os.environ.get("ATTACHMENT_LINK_MINUTES", "5"))


class MailLimits(NamedTuple):
    """``most``: the longest e-mail that is opened, in bytes; ``text``: so many characters of it are the ticket's;
    ``files``: so many of its files; ``patience``: what has been there longer has been forgotten."""

    most: int
    text: int
    files: int
    patience: timedelta


def mail_limits() -> MailLimits:
    """MAIL_MEGABYTES (default 40, as SES takes), MAIL_CHARACTERS (4000), MAIL_FILES (10), MAIL_SWEEP_MINUTES (10)."""
    value = os.environ.get
    return MailLimits(
        int(value("MAIL_MEGABYTES", "40")) * 2**20,
        int(value("MAIL_CHARACTERS", "4000")),
        int(value("MAIL_FILES", "10")),
        timedelta(minutes=float(value("MAIL_SWEEP_MINUTES", "10"))),
    )


def delivery_patience() -> tuple[int, int, int]:
    """Attempts to deliver a statement (DELIVERY_ATTEMPTS, default 3), minutes between two looks at one that is on its
    way (DELIVERY_MINUTES, 10), and hours after which nothing more is tried or waited for (DELIVERY_HOURS, 24)."""
    attempts, minutes = os.environ.get("DELIVERY_ATTEMPTS", "3"), os.environ.get("DELIVERY_MINUTES", "10")
    return int(attempts), int(minutes), int(os.environ.get("DELIVERY_HOURS", "24"))


def survey_days() -> int:
    """Days for which the link to a ticket's survey is good (SURVEY_DAYS, default 30)."""
    return int(os.environ.get("SURVEY_DAYS", "30"))


def reply_sms_characters() -> int:
    """Characters of a ticket's result that go into an SMS (REPLY_SMS_CHARACTERS, default 200)."""
    return int(os.environ.get("REPLY_SMS_CHARACTERS", "200"))


def staff_language() -> str:
    """The language in which the staff are told of tickets (STAFF_LANGUAGE, default zh-CN)."""
    return os.environ.get("STAFF_LANGUAGE", "zh-CN")


class CounterSettings(NamedTuple):
    """How the counter is reached over HTTP; times in seconds. See docs/counter.md.

    ``seconds``: for a whole operation, DynamoDB included; ``attempt_seconds``: for one request; ``window``: how long a
    signed request is good for; ``grace``: how long after that the counter may still be at work on it, or its clock be
    another; ``failures`` running end the calls for ``rest_seconds``.
    """

    url: str
    seconds: float
    attempt_seconds: float
    window: int
    grace: int
    failures: int
    rest_seconds: float


def counter_kind() -> str:
    """Which counter keeps the books (COUNTER, default embedded): embedded or http. Read once, at import."""
    kind = os.environ.get("COUNTER") or "embedded"
    if kind not in ("embedded", "http"):
        raise RuntimeError(f"COUNTER is {kind!r}: it is embedded or http.")
    return kind


def counter_settings() -> CounterSettings:
    """COUNTER_URL, and the limits of docs/settings.md. RuntimeError where the address is none of https."""
    url = required("COUNTER_URL").rstrip("/")
    if not url.startswith("https://"):
        raise RuntimeError("COUNTER_URL must begin with https://: orders travel by it.")
    value = os.environ.get
    return CounterSettings(
        url,
        float(value("COUNTER_SECONDS", "5")),
        float(value("COUNTER_ATTEMPT_SECONDS", "2")),
        int(value("COUNTER_WINDOW_SECONDS", "30")),
        int(value("COUNTER_GRACE_SECONDS", "30")),
        int(value("COUNTER_FAILURES", "5")),
        float(value("COUNTER_REST_SECONDS", "10")),
    )


def recording_link_minutes() -> int:
    """How long a link to a recording plays it (RECORDING_LINK_MINUTES, default 5)."""
    return int(os.environ.get("RECORDING_LINK_MINUTES", "5"))


def recording_sweep_days() -> int:
    """Days from a ticket's last change in which a missing recording is looked for (RECORDING_SWEEP_DAYS, default 7)."""
    return int(os.environ.get("RECORDING_SWEEP_DAYS", "7"))


def after_hours() -> str:
    """What becomes of orders outside the sessions (AFTER_HOURS): next_session, which takes them for it, or refuse."""
    return _one_of("AFTER_HOURS", "next_session", "refuse")


def mismatch() -> str:
    """What becomes of a buy above the customer's risk level (MISMATCH): refuse, or warn, spoken and confirmed."""
    return _one_of("MISMATCH", "refuse", "warn")


def _one_of(name: str, *values: str) -> str:
    """The variable's value, the first of ``values`` where it is not set. Raises RuntimeError for any other."""
    value = os.environ.get(name) or values[0]
    if value not in values:
        raise RuntimeError(f"The environment variable {name} is {value!r}: set it to {' or '.join(values)}.")
    return value


def transfers_a_page() -> int:
    """Bank transfers read out before the caller is asked to press on (TRANSFERS_A_PAGE, default 3)."""
    return int(os.environ.get("TRANSFERS_A_PAGE", "3"))


def transfer_window_seconds() -> int:
    """How long a request may be on its way to the bank (TRANSFER_WINDOW_SECONDS, default 120).

    The bank is asked to void one that it knows nothing of after that, and not before.
    """
    return int(os.environ.get("TRANSFER_WINDOW_SECONDS", "120"))


def bank_password_attempts_a_day() -> int:
    """Wrong passwords in a day that lock an account at the practice bank (BANK_PASSWORD_ATTEMPTS_A_DAY, default 3)."""
    return int(os.environ.get("BANK_PASSWORD_ATTEMPTS_A_DAY", "3"))


def answers_by_phone() -> int:
    """The most answers of a category that are read out, the most helpful ones (ANSWERS_BY_PHONE, default 5)."""
    return int(os.environ.get("ANSWERS_BY_PHONE", "5"))


def answer_review_days() -> int:
    """Days before an answer ceases to be valid that it is due for review (ANSWER_REVIEW_DAYS, default 30)."""
    return int(os.environ.get("ANSWER_REVIEW_DAYS", "30"))


def answers_second_person() -> bool:
    """Whether another person than its author must publish an answer (ANSWERS_SECOND_PERSON: yes, or no)."""
    return _one_of("ANSWERS_SECOND_PERSON", "yes", "no") == "yes"


class VoicemailLimits(NamedTuple):
    """``least``: what is shorter is no message; ``patience``: after so long a recording that has not come is lost."""

    least: timedelta
    patience: timedelta


def voicemail_limits() -> VoicemailLimits:
    """VOICEMAIL_LEAST_SECONDS (default 2) and VOICEMAIL_HOURS (24). How long a message may last is in its flow module:
    Amazon Connect takes no figure of ours there."""
    least, hours = os.environ.get("VOICEMAIL_LEAST_SECONDS", "2"), os.environ.get("VOICEMAIL_HOURS", "24")
    return VoicemailLimits(timedelta(seconds=float(least)), timedelta(hours=float(hours)))


def transcriber_kind() -> str:
    """Who writes down what a voice message says (TRANSCRIBER): none, or amazon."""
    return _one_of("TRANSCRIBER", "none", "amazon")


def statistics_languages() -> list[str]:
    """The languages of the weekly statistics of tickets, the first that of their tables (STATISTICS_LANGUAGES, default
    zh-CN,en)."""
    return os.environ.get("STATISTICS_LANGUAGES", "zh-CN,en").split(",")


def statistics_limits() -> tuple[int, int]:
    """The longest period of statistics asked for over HTTP (STATISTICS_DAYS, default 92), and how many days back it may
    begin (STATISTICS_DAYS_BACK, 184)."""
    return int(os.environ.get("STATISTICS_DAYS", "92")), int(os.environ.get("STATISTICS_DAYS_BACK", "184"))
