"""Statements and settlement documents (对账交割文件): made, checked, printed, faxed.

Verbs: :func:`statement_pdf`, :func:`statement_fax`. The parts: statement.py (the figures and the proof that they add
up), document.py (the words), pdf.py (the pages), fax.py (the pages as fax), carrier.py (who carries them) with
fax_machine.py, http_fax.py and email_fax.py.
"""

from chalicelib.statements.carrier import FaxCarrier, Status
from chalicelib.statements.statement import Entry, Fees, Holding, Period, Statement, Unreconciled, month_of, totals

__all__ = [
    "Entry",
    "FaxCarrier",
    "Fees",
    "Holding",
    "Period",
    "Statement",
    "Status",
    "Unreconciled",
    "month_of",
    "statement_fax",
    "statement_pdf",
    "totals",
]


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
