"""Runs test cases written in Amazon Connect's testing language (page "Testing language Amazon Connect").

document.py     a case, as written in its file, and what may be wrong with it
files.py        the files of cases, alone or as a template has them
items.py        cases as pytest's tests
runner.py       places the call and watches for what the case expects
similarity.py   whether a prompt is the one that a case means
report.py       what people read of a case that has failed
junit.py        results for a build server
"""

from localconnect.testing.document import Case, InvalidCase, load_case
from localconnect.testing.junit import junit
from localconnect.testing.report import report
from localconnect.testing.runner import CaseResult, run_case
from localconnect.testing.schema import check_case

__all__ = ["Case", "CaseResult", "InvalidCase", "check_case", "junit", "load_case", "report", "run_case"]
