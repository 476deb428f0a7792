"""Statements and settlement documents (对账交割文件): made, checked, printed, faxed.

Verbs: :func:`request`, :func:`refuse_period`, :func:`refuse_destinations`, :func:`day_of_statement`,
:func:`last_month`, :func:`fax_number`, :func:`of_ledger`, :func:`statement_pdf`, :func:`statement_fax`,
:func:`printed`. The parts: rules.py (what may be asked for), requests.py (what was), from_ledger.py (what the ledger
says), statement.py (the figures and the proof that they add up), document.py (the words), pdf.py (the pages), fax.py
(the pages as fax), carrier.py (who carries a fax) with fax_machine.py, http_fax.py and email_fax.py.
"""

from collections.abc import Mapping
from datetime import date, datetime

from chalicelib.statements import requests, rules
from chalicelib.statements.carrier import FaxCarrier, Status
from chalicelib.statements.requests import Requested
from chalicelib.statements.rules import Channel, Refusal, fax_number, last_month, refuse_destinations
from chalicelib.statements.statement import Entry, Fees, Holding, Period, Statement, Unreconciled, month_of, totals

__all__ = [
    "Channel",
    "Entry",
    "FaxCarrier",
    "Fees",
    "Holding",
    "Period",
    "Refusal",
    "Requested",
    "Statement",
    "Status",
    "Unreconciled",
    "day_of_statement",
    "fax_number",
    "last_month",
    "month_of",
    "of_ledger",
    "printed",
    "refuse_destinations",
    "refuse_period",
    "request",
    "statement_fax",
    "statement_pdf",
    "totals",
]


def request(
    account_id: str,
    customer_id: str,
    period: Period,
    language: str,
    destinations: Mapping[Channel, str],
    key: str,
    at: datetime,
) -> Requested | Refusal:
    """Have a statement of ``period`` delivered to each destination, once however often this is called with the key.

    ``destinations``: "fax" with an E.164 number (:func:`fax_number` makes one of what was keyed in), "email" with the
    address, or both; ``customers.contact`` knows the customer's address. The customer is told by SMS how each ended.
    A known key is answered as it was before. Writes, and sends nothing: that is done from the table's stream.
    """
    return requests.request(account_id, customer_id, period, language, destinations, key, at)


def refuse_period(period: Period, at: datetime) -> Refusal | None:
    """Why no statement of ``period`` can be had now, by the limits that the firm has set; None where it can."""
    return rules.refuse_period(period, at, requests.limits())


def day_of_statement(at: datetime) -> date:
    """The last trading day that is over and settled at ``at``: the one a daily statement is of."""
    return requests.day_of_statement(at)


def of_ledger(account_id: str, customer_id: str, period: Period, at: datetime) -> Statement:
    """The account's statement of ``period`` as the ledger has it, checked. Unreconciled where it does not add up;
    LookupError for no such account of the customer; TimeoutError where the account changes all the time."""
    from chalicelib.statements.from_ledger import read
    from chalicelib.statements.statement import checked

    return checked(read(account_id, customer_id, period, at))


def statement_pdf(statement: Statement, language: str) -> bytes:
    """The statement as a PDF in "zh-CN", "zh-HK" or "en". Unreconciled where its figures contradict each other."""
    from chalicelib.statements.document import document
    from chalicelib.statements.pdf import pdf_of
    from chalicelib.statements.statement import checked

    return pdf_of(document(checked(statement), language), statement.made_at)


def statement_fax(statement: Statement, language: str) -> bytes:
    """The same pages as a fax: a Group 4 TIFF."""
    from chalicelib.statements.fax import fax_pages

    return fax_pages(statement_pdf(statement, language))


def printed(language: str, title: str, facts: list[tuple[str, str]], text: str, page: str, made_at: datetime) -> bytes:
    """Any other text of the house on the same paper, as a PDF: ``facts`` are labels with values; ``page`` has places
    for {page} and {pages}."""
    from chalicelib.statements.document import Document
    from chalicelib.statements.pdf import pdf_of

    return pdf_of(Document(language, title, facts, [], text, page), made_at)
