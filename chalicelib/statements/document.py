"""A statement put into words: titles, facts and tables of strings, which a page only has to set. Pure."""

from itertools import zip_longest
from typing import Literal, NamedTuple

from chalicelib.platform.clock import SHANGHAI
from chalicelib.platform.words import LANGUAGES, spoken
from chalicelib.statements.statement import Entry, Holding, Statement
from chalicelib.statements.words import catalogue, days, moment, money, price, shares

# A cell: its lines, one below the other.
Cell = tuple[str, ...]


class Column(NamedTuple):
    """A column's heading, its share of the table's width, and to which side its cells keep: figures to the right.

    The cells of a ``bar`` column are drawn: each holds a share of the column's width, from "0" to "1", or nothing.
    """

    heading: str
    share: int
    side: Literal["L", "R", "bar"] = "R"


class Table(NamedTuple):
    """``rows`` hold a cell a column. ``empty`` is said where there is none."""

    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    empty: str


class Document(NamedTuple):
    """What is printed. ``facts`` are labels with values; ``page`` has places for {page} and {pages}."""

    language: str
    title: str
    facts: list[tuple[str, str]]
    tables: list[Table]
    note: str
    page: str


def document(statement: Statement, language: str) -> Document:
    """``statement`` in ``language`` ("zh-CN", "zh-HK" or "en"; Mandarin for any other)."""
    language = spoken(language)
    text = catalogue(language)
    facts = {
        "name": statement.name,
        "account": statement.account_tail,
        "period": days(language, *statement.period),
        "made": moment(statement.made_at),
    }
    return Document(
        language,
        text[f"title.{statement.period.kind}"],
        [(text[label], value) for label, value in facts.items()],
        [_summary(statement, text), _entries(statement.entries, language), _holdings(statement, language)],
        text["note"],
        text["page"],
    )


def _summary(statement: Statement, text: dict[str, str]) -> Table:
    """Two columns of labels with figures: how the money came about, and the fees and what all is worth."""
    fees, worth = statement.fees, statement.market_value
    left = {
        "opening": statement.opening,
        "money_in": statement.money_in,
        "money_out": -statement.money_out,
        "closing": statement.closing,
        "market_value": worth,
        "assets": statement.closing + worth,
    }
    right = {**fees._asdict(), "fees": fees.total}
    empty: list[Cell] = [("",), ("",)]
    one, other = ([[(text[label],), (money(amount),)] for label, amount in side.items()] for side in (left, right))
    columns = [Column(text["currency"], 30, "L"), Column("", 20), Column("", 4), Column("", 26, "L"), Column("", 20)]
    rows: list[list[Cell]] = [[*a, ("",), *b] for a, b in zip_longest(one, other, fillvalue=empty)]
    return Table(text["summary"], columns, rows, text["none"])


def _entries(entries: list[Entry], language: str) -> Table:
    text = catalogue(language)
    columns = [
        Column(text["time"], 19, "L"),
        Column(text["kind"], 25, "L"),
        Column(text["code"], 12, "L"),
        Column(text["quantity"], 18),
        Column(text["price"], 18),
        Column(text["amount"], 26),
        Column(text["balance"], 26),
    ]
    return Table(text["entries"], columns, [_entry(entry, text) for entry in entries], text["none"])


def _entry(entry: Entry, text: dict[str, str]) -> list[Cell]:
    at = entry.at.astimezone(SHANGHAI)
    return [
        (f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"),
        (text[f"kind.{entry.kind}"], entry.reference),
        (entry.code,),
        (shares(entry.quantity) if entry.quantity else "",),
        (price(entry.price) if entry.price else "",),
        (money(entry.amount), money(-entry.fees.total) if entry.fees.total else ""),
        (money(entry.balance),),
    ]


def _holdings(statement: Statement, language: str) -> Table:
    text = catalogue(language)
    columns = [
        Column(text["code"], 12, "L"),
        Column(text["security"], 42, "L"),
        Column(text["opening_quantity"], 22),
        Column(text["closing_quantity"], 22),
        Column(text["price"], 18),
        Column(text["value"], 28),
    ]
    rows = [_holding(holding, language) for holding in statement.holdings]
    if rows:
        rows.append([("",), (text["total"],), ("",), ("",), ("",), (money(statement.market_value),)])
    return Table(text["holdings"], columns, rows, text["none"])


def _holding(holding: Holding, language: str) -> list[Cell]:
    return [
        (holding.code,),
        (holding.names.get(language) or holding.names[LANGUAGES[0]],),
        (shares(holding.opening),),
        (shares(holding.closing),),
        (price(holding.price),),
        (money(holding.value),),
    ]
