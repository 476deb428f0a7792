"""What tickets come to, for staff: figures as JSON, the report as PDF, a row for each ticket as CSV."""

from datetime import timedelta
from typing import Any

from chalicelib.http.answering import Asked, iso_day
from chalicelib.http.problem import Problem, bad_field, unknown
from chalicelib.http.wire import Reply, text
from chalicelib.platform.clock import business_day
from chalicelib.platform.settings import statistics_limits
from chalicelib.tickets import report
from chalicelib.tickets.departments import departments
from chalicelib.tickets.gathering import tickets_of
from chalicelib.tickets.statistics import (
    HOUSE,
    SERVICE,
    Figures,
    Period,
    Report,
    Satisfaction,
    Times,
    week,
    week_before,
)
from chalicelib.tickets.statistics import report as report_of

PDF, CSV = "application/pdf", "text/csv"
ASKED = {"week": text(r"\d{4}-W\d\d"), "from": iso_day, "to": iso_day, "department": text("[a-z_]{1,32}")}


def figures(asked: Asked) -> Reply:
    """The figures of a period and of the one before it."""
    made, _ = _report(asked)
    return Reply(
        200,
        {
            "department": made.department,
            "period": _days(made.period),
            "before": _days(made.period.before),
            "made_at": made.made_at.isoformat(),
            "figures": _shown(made.figures),
            "figures_before": _shown(made.before),
            "departments": {name: _shown(found) for name, found in made.departments.items()},
        },
    )


def pdf(asked: Asked) -> Reply:
    """The report, with charts. API Gateway gives bytes only to whoever says that they take them."""
    if PDF not in asked.headers.get("accept", ""):
        raise bad_field("Accept")
    made, say = _report(asked)
    return _file(made, "pdf", PDF, report.pdf(made, say))


def csv(asked: Asked) -> Reply:
    """A row for each ticket of the report."""
    made, say = _report(asked)
    return _file(made, "csv", f"{CSV}; charset=utf-8", report.table(made, say).decode())


def _report(asked: Asked) -> tuple[Report, report.Words]:
    """What is asked for, and its words; for staff only."""
    if not asked.caller.staff:
        raise Problem(403, "not_allowed")
    given = asked.parameters(ASKED, **{"week": "", "from": None, "to": None, "department": HOUSE})
    houses, department, period = departments(), given["department"], _period(asked, given)
    if department not in (HOUSE, SERVICE, *(one.name for one in houses)):
        raise unknown("department")
    made = report_of(tickets_of(period, department), department, period, asked.at)
    return made, report.words(asked.language, houses)


def _period(asked: Asked, given: dict[str, Any]) -> Period:
    """A week, or days: few enough, and recent enough, to be read while somebody waits."""
    longest, back = map(timedelta, statistics_limits())
    if given["from"] and given["to"] and not given["week"]:
        period = Period(given["from"], given["to"])
    elif given["from"] or given["to"]:
        raise bad_field("week" if given["week"] else "to" if given["from"] else "from")
    else:
        try:
            period = week(given["week"] or week_before(asked.at))
        except ValueError:
            raise bad_field("week") from None
    first = "week" if given["week"] else "from"
    if not business_day(asked.at) - back <= period.first <= business_day(asked.at):
        raise bad_field(first)
    if not period.first <= period.last < period.first + longest:
        raise bad_field("to")
    return period


def _days(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _shown(found: Figures) -> dict[str, Any]:
    return {
        name: value._asdict() if isinstance(value, (Times, Satisfaction)) else value
        for name, value in found._asdict().items()
    }


def _file(made: Report, ending: str, kind: str, content: str | bytes) -> Reply:
    name = f"{made.department}-{made.period.first}--{made.period.last}.{ending}"
    return Reply(200, content, {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'})
