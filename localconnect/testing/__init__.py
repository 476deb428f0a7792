"""Runs test cases written in Amazon Connect's testing language (page "Testing language Amazon Connect").

document.py     a case, as written in its file, and what may be wrong with it
runner.py       places the call and watches for what the case expects
similarity.py   whether a prompt is the one that a case means
junit.py        results for a build server
"""

from localconnect.testing.document import Case, InvalidCase, load_case
from localconnect.testing.junit import junit
from localconnect.testing.runner import CaseResult, run_case
from localconnect.testing.schema import check_case

__all__ = ["Case", "CaseResult", "InvalidCase", "check_case", "junit", "load_case", "run_case"]
