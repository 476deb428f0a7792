"""A report on tickets in words: tables with bars for a page, a row a ticket for a spreadsheet. Pure.

Nothing of a customer is in it, neither names nor what they wrote: who works on a ticket finds it by its number.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from chalicelib.platform.clock import SHANGHAI
from chalicelib.platform.words import catalogue, spoken
from chalicelib.statements.document import Cell, Column, Document, Table
from chalicelib.tickets.categories import category_names, causes
from chalicelib.tickets.departments import Department
from chalicelib.tickets.rules import Ticket
from chalicelib.tickets.statistics import Figures, Period, Report, department_of

# What a spreadsheet takes for a formula, or skips to find one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "number", "kind", "category", "channel", "severity", "state", "department", "assignee", "registered_at",
    "responded_at", "resolved_at", "closed_at", "cause", "reopened", "extended_days", "breaches", "rating",
)  # fmt: skip


class Words(NamedTuple):
    """The texts of a language, and what the departments are called in it."""

    language: str
    text: Mapping[str, str]
    departments: Mapping[str, str]

    def named(self, kind: str, name: str) -> str:
        """What a kind, category, channel, clock, ... is called: as it is where we have no word for it."""
        match kind:
            case "category":
                names = category_names(name)
            case "cause":
                names = next((one["names"] for one in causes() if one["cause"] == name), None)
            case _:
                names = None
        if names:
            return str(names[self.language])
        return self.text.get(f"{kind}.{name}", name) if name else self.text["unsaid"]

    def department(self, name: str) -> str:
        return self.departments.get(name) or self.named("department", name)

    def days(self, period: Period) -> str:
        return self.text["days"].format(first=period.first, last=period.last)


def words(language: str, departments: Iterable[Department]) -> Words:
    """The words of ``language``; Mandarin's where it is none of ours."""
    language = spoken(language)
    text = catalogue(Path(__file__).with_name("report_messages"), language)
    return Words(language, text, {one.name: one.names.get(language, one.name) for one in departments})


def pdf(report: Report, say: Words) -> bytes:
    """The report on A4 pages, which can be searched."""
    from chalicelib.statements.pdf import pdf_of

    return pdf_of(document(report, say), report.made_at)


def document(report: Report, say: Words) -> Document:
    """The report's tables; one of numbers has a bar for each, as long as its share of the largest."""
    text, now, then = say.text, report.figures, report.before
    facts = [
        (text["period"], say.days(report.period)),
        (text["before"], say.days(report.period.before)),
        (text["made"], _moment(report.made_at.isoformat())),
    ]
    charts = [
        _chart(say, "by_kind", "kind", now.by_kind, then.by_kind),
        _chart(say, "by_category", "category", now.by_category, then.by_category),
        _chart(say, "by_channel", "channel", now.by_channel, then.by_channel),
        _chart(say, "by_cause", "cause", now.by_cause, then.by_cause),
        _chart(say, "ages", "age", now.ages, then.ages),
        _chart(say, "breaches", "clock", now.breaches, then.breaches),
        _chart(say, "ratings", "rating", _ratings(now), _ratings(then)),
    ]
    tables = [_summary(say, now, then), *([_departments(say, report)] if report.departments else []), *charts]
    title = text["title"].format(department=say.department(report.department))
    return Document(say.language, title, facts, tables, text["note"], text["page"])


def _summary(say: Words, now: Figures, then: Figures) -> Table:
    columns = [Column(say.text["figure"], 60, "L"), *(Column(say.text[name], 20) for name in ("now", "then", "change"))]
    both = zip(_at_a_glance(now), _at_a_glance(then), strict=True)
    rows = [_compared(say.text[name], one, other) for (name, one), (_, other) in both]
    return Table(say.text["summary"], columns, rows, say.text["none"])


def _at_a_glance(found: Figures) -> list[tuple[str, float | None]]:
    asked, answered, mean, _ = found.satisfaction
    counts = [(name, getattr(found, name)) for name in ("registered", "closed", "open", "reopened", "extended")]
    times = [
        (f"{name}.{part}", getattr(getattr(found, name), part))
        for name in ("first_response", "acceptance", "resolution")
        for part in ("median", "ninety")
    ]
    share = round(100 * answered / asked) if asked else None
    return [*counts, *times, ("satisfaction.mean", mean), ("satisfaction.answered", share)]


def _compared(label: str, now: float | None, then: float | None) -> list[Cell]:
    change = "" if now is None or then is None else f"{round(now - then, 2):+g}"
    return [(label,), (_number(now),), (_number(then),), ("0" if change in ("+0", "-0") else change,)]


def _number(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:,}"


def _departments(say: Words, report: Report) -> Table:
    names = ("registered", "closed", "open", "breached", "mean")
    columns = [Column(say.text["department"], 40, "L"), *(Column(say.text[name], 16) for name in names)]
    rows: list[list[Cell]] = []
    for name, found in report.departments.items():
        figures = (found.registered, found.closed, found.open, sum(found.breaches.values()), found.satisfaction.mean)
        rows.append([(say.department(name),), *((_number(figure),) for figure in figures)])
    return Table(say.text["departments"], columns, rows, say.text["none"])


def _chart(say: Words, title: str, kind: str, now: Mapping[str, int], then: Mapping[str, int]) -> Table:
    """A row for each of this period's and the last's, with a bar for this one's."""
    columns = [
        Column("", 50, "L"),
        Column("", 70, "bar"),
        Column(say.text["now"], 18),
        Column(say.text["then"], 18),
    ]
    names, most = [*now, *(name for name in then if name not in now)], max(now.values(), default=0) or 1
    rows: list[list[Cell]] = [
        [
            (_label(say, kind, name),),
            (f"{now.get(name, 0) / most:.4f}",),
            (_number(now.get(name, 0)),),
            (_number(then.get(name, 0)),),
        ]
        for name in names
    ]
    return Table(say.text[title], columns, rows, say.text["none"])


def _ratings(found: Figures) -> dict[str, int]:
    return {str(rating): count for rating, count in found.satisfaction.ratings.items()}


def _label(say: Words, kind: str, name: str) -> str:
    match kind:
        case "age":
            return say.text["age"].format(band=name)
        case "rating":
            return say.text["rating"].format(rating=name)
    return say.named(kind, name)


def table(report: Report, say: Words) -> bytes:
    """A row for each ticket, as CSV: UTF-8 that spreadsheets know by its mark, and no cell that is a formula."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([say.text[f"csv.{name}"] for name in _COLUMNS])
    rows.writerows([_harmless(_cell(ticket, name, say)) for name in _COLUMNS] for ticket in report.tickets)
    return written.getvalue().encode("utf-8-sig")


def _cell(ticket: Ticket, name: str, say: Words) -> str:
    if name == "department":
        return say.department(department_of(ticket))
    if name == "breaches":
        breached = [said.partition("#")[0] for said in ticket.rung if said.endswith("#breach")]
        return ", ".join(say.named("clock", clock) for clock in breached)
    value = getattr(ticket, name)
    if name.endswith("_at"):
        return _moment(value)
    if name in ("kind", "category", "channel", "severity", "state", "cause"):
        return say.named(name, value) if value else ""
    return str(value or "")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _moment(stamp: str) -> str:
    """Date and time in Shanghai, to the minute; "" for never."""
    return f"{datetime.fromisoformat(stamp).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if stamp else ""
