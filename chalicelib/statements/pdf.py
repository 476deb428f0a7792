"""Sets a document on A4 pages, with the glyphs it uses of a Chinese font inside. fpdf2 is imported when a page is made.

The type is large and the rules are thin lines, never grey: the same page must be legible as a fax (see fax.py).
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.statements.document import Cell, Document, Table

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = Path(__file__).with_name("fonts") / "statement.ttf"
# Millimetres, points.
MARGIN, WIDTH, BOTTOM = 15.0, 180.0, 280.0
TITLE, HEADING, TEXT = 17, 12, 9.5
LINE, PADDING = 4.6, 1.0
NO_GLYPH = "〓"  # the printer's mark for a character he has no type for


def pdf_of(document: Document, made_at: datetime) -> bytes:
    """The document as a PDF; the same document made at the same time is the same bytes.

    The text can be searched and copied. A character the font lacks is shown as 〓.
    """
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_creation_date(made_at)
    page.set_lang(document.language)
    page.set_title(document.title)
    page.set_auto_page_break(False)
    page.set_margin(MARGIN)
    page.c_margin = 0
    page.add_font("statement", fname=FONT)
    page.add_page()
    _head(page, document)
    for table in document.tables:
        _table(page, table)
    _note(page, document.note)
    _number_pages(page, document.page)
    return bytes(page.output())


def _head(page: FPDF, document: Document) -> None:
    page.set_font("statement", size=TITLE)
    _line(page, document.title, MARGIN, WIDTH, "L", 9)
    page.set_y(page.get_y() + 12)
    page.set_font("statement", size=TEXT)
    half = WIDTH / 2
    words = [_wrapped(page, f"{label}  {value}", half - 2) for label, value in document.facts]
    for pair in zip_longest(words[::2], words[1::2], fillvalue=[""]):
        for x, lines in zip((MARGIN, MARGIN + half), pair, strict=True):
            _lines(page, lines, x, half, "L")
        page.set_y(page.get_y() + max(map(len, pair)) * LINE + PADDING)


def _table(page: FPDF, table: Table) -> None:
    """The table with its title; it goes on on the next page under the same head."""
    if page.get_y() + 4 * LINE + 10 > BOTTOM:
        page.add_page()
    page.set_font("statement", size=HEADING)
    page.set_y(page.get_y() + 5)
    _line(page, table.title, MARGIN, WIDTH, "L", 6)
    page.set_y(page.get_y() + 7)
    page.set_font("statement", size=TEXT)
    heading = _laid_out(page, table, [(column.heading,) for column in table.columns])
    _row(page, table, heading, ruled=True)
    for cells in table.rows:
        row = _laid_out(page, table, cells)
        if page.get_y() + _height(row) > BOTTOM:
            page.add_page()
            _row(page, table, heading, ruled=True)
        _row(page, table, row)
    if not table.rows:
        _line(page, table.empty, MARGIN, WIDTH, "L", LINE + PADDING)
        page.set_y(page.get_y() + LINE + PADDING)
    page.line(MARGIN, page.get_y(), MARGIN + WIDTH, page.get_y())


def _widths(table: Table) -> list[float]:
    shares = sum(column.share for column in table.columns)
    return [WIDTH * column.share / shares for column in table.columns]


def _laid_out(page: FPDF, table: Table, cells: list[Cell]) -> list[list[str]]:
    """The lines of each cell: those it has, broken where they are too long."""
    return [
        [part for line in cell for part in _wrapped(page, line, width - 2 * PADDING)]
        for cell, width in zip(cells, _widths(table), strict=True)
    ]


def _height(row: list[list[str]]) -> float:
    return max(map(len, row)) * LINE + 2 * PADDING


def _row(page: FPDF, table: Table, row: list[list[str]], ruled: bool = False) -> None:
    top, x, height = page.get_y(), MARGIN, _height(row)
    page.set_y(top + PADDING)
    for lines, column, width in zip(row, table.columns, _widths(table), strict=True):
        _lines(page, lines, x + PADDING, width - 2 * PADDING, column.side)
        x += width
    for y in (top, top + height) if ruled else ():
        page.line(MARGIN, y, MARGIN + WIDTH, y)
    page.set_y(top + height)


def _note(page: FPDF, note: str) -> None:
    page.set_font("statement", size=TEXT)
    lines = [part for line in note.splitlines() for part in _wrapped(page, line, WIDTH)]
    if page.get_y() + 5 + len(lines) * LINE > BOTTOM and len(lines) * LINE < BOTTOM / 2:
        page.add_page()  # a short one stays together
    page.set_y(page.get_y() + 4)
    for line in lines:
        if page.get_y() + LINE > BOTTOM:
            page.add_page()
        _line(page, line, MARGIN, WIDTH, "L", LINE)
        page.set_y(page.get_y() + LINE)


def _number_pages(page: FPDF, words: str) -> None:
    last = page.page
    for number in range(1, last + 1):
        page.page = number
        page.set_font("statement", size=TEXT)
        page.set_y(BOTTOM + 4)
        _line(page, words.format(page=number, pages=last), MARGIN, WIDTH, "R", LINE)


def _line(page: FPDF, text: str, x: float, width: float, side: str, height: float) -> None:
    """One line of text, from where the page is; it stays there."""
    top = page.get_y()
    page.set_xy(x, top)
    page.cell(width, height, text, align=side)
    page.set_y(top)


def _lines(page: FPDF, lines: list[str], x: float, width: float, side: str) -> None:
    """Lines one below the other, from where the page is; it stays there."""
    top = page.get_y()
    for number, text in enumerate(lines):
        page.set_y(top + number * LINE)
        _line(page, text, x, width, side, LINE)
    page.set_y(top)


def _wrapped(page: FPDF, text: str, width: float) -> list[str]:
    """``text`` in lines of at most ``width`` mm: broken at a space where there is one, else after any character."""
    lines: list[str] = []
    rest = _printable(page, text)
    while page.get_string_width(rest) > width:
        fits = 1
        while page.get_string_width(rest[: fits + 1]) <= width:
            fits += 1
        space = rest.rfind(" ", 1, fits + 1)
        at = space if space > 0 else fits
        lines.append(rest[:at])
        rest = rest[at:].lstrip(" ")
    return [*lines, rest]


def _printable(page: FPDF, text: str) -> str:
    """Composed, without control characters, and with a mark for what the font lacks."""
    has = page.fonts["statement"].cmap  # type: ignore[union-attr]
    kept = (character for character in unicodedata.normalize("NFC", text) if character.isprintable())
    return "".join(character if ord(character) in has else NO_GLYPH for character in kept)
