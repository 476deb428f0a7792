"""Each week's statistics go to each department by e-mail, once, and those of all to the supervisor.

A report is claimed in the table REPORTS before it is sent. Whoever died in between leaves a claim that is nobody's
after ``STALE``, which is longer than the function may run: the next who comes sends it. So a report never goes missing;
where somebody died between SES's word and writing it down, it goes out a second time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from chalicelib import notifications
from chalicelib.platform.clock import stamp
from chalicelib.platform.log import logger
from chalicelib.platform.settings import required, statistics_languages
from chalicelib.tickets import departments, report
from chalicelib.tickets.gathering import tickets_of
from chalicelib.tickets.models import ReportRecord
from chalicelib.tickets.statistics import HOUSE, Report, week
from chalicelib.tickets.statistics import report as report_of

if TYPE_CHECKING:
    from email.message import EmailMessage

STALE = timedelta(minutes=10)


class Sent(NamedTuple):
    """How many reports were sent just now, and how many could not be."""

    sent: int
    failed: int


def send(name: str, at: datetime) -> Sent:
    """Send the reports of the ISO week ``name`` that were not sent yet. May be called at any time, any number of times.

    ValueError where there is no such week.
    """
    period, houses = week(name), departments.departments()
    tickets = tickets_of(period)
    addresses = {one.name: one.email for one in houses} | {HOUSE: required("SUPERVISOR_EMAIL")}
    outcomes = [
        _send(claimed, address, report_of(tickets, claimed.department, period, at), houses)
        for department, address in addresses.items()
        if (claimed := _claim(name, department, at))
    ]
    return Sent(outcomes.count("sent"), len(outcomes) - outcomes.count("sent"))


def _claim(name: str, department: str, at: datetime) -> ReportRecord | None:
    """The right to send a report, which one at a time has; None where it is sent, or somebody is at it."""
    record = ReportRecord(name, department, state="sending", at=stamp(at))
    left = (ReportRecord.state == "sending") & (ReportRecord.at < stamp(at - STALE))
    free = ReportRecord.week.does_not_exist() | (ReportRecord.state == "failed") | left
    return record if record.save_if(free) else None


def _send(claimed: ReportRecord, address: str, made: Report, houses: list[departments.Department]) -> str:
    """What became of it: sent, refused (for good) or failed (for now)."""
    try:
        notifications.mail(message(claimed.week, address, made, houses))
        outcome = "sent"
    except ValueError:
        logger.exception("a report was refused", week=claimed.week, department=claimed.department)
        outcome = "refused"
    except OSError:
        logger.exception("nobody took a report", week=claimed.week, department=claimed.department)
        outcome = "failed"
    claimed.update_if(ReportRecord.at == claimed.at, [ReportRecord.state.set(outcome)])
    return outcome


def message(name: str, address: str, made: Report, houses: list[departments.Department]) -> EmailMessage:
    """The e-mail, in each language of the setting STATISTICS_LANGUAGES, with a PDF in each and one CSV."""
    from email.message import EmailMessage

    spoken = [report.words(language, houses) for language in statistics_languages()]
    facts = {"week": name, "registered": made.figures.registered, "closed": made.figures.closed}
    said = [
        say.text["email.text"].format(days=say.days(made.period), open=made.figures.open, **facts) for say in spoken
    ]
    mail = EmailMessage()
    mail["From"], mail["To"] = required("MAIL_SENDER"), address
    mail["Subject"] = " / ".join(
        say.text["email.subject"].format(week=name, department=say.department(made.department)) for say in spoken
    )
    mail.set_content("\n\n".join([*said, ""]))
    for say in spoken:
        file = f"{name}-{made.department}-{say.language}.pdf"
        mail.add_attachment(report.pdf(made, say), maintype="application", subtype="pdf", filename=file)
    rows = report.table(made, spoken[0])
    mail.add_attachment(rows, maintype="text", subtype="csv", filename=f"{name}-{made.department}.csv")
    return mail
