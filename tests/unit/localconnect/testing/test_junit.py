from xml.etree import ElementTree

from localconnect.recorder import Line
from localconnect.testing import CaseResult, junit


def test_results_as_a_build_server_reads_them() -> None:
    spoken = [Line("2026-01-01T00:00:00.000+00:00", "system", "欢迎 <1> & 2", "zh-CN")]
    results = [
        CaseResult("good", "PASSED", 0.25, "", spoken, {}),
        CaseResult("bad", "FAILED", 0.5, "first\nsecond", [], {}),
    ]
    suite = ElementTree.fromstring(junit(results, suite="flows"))
    assert suite.tag == "testsuite"
    assert suite.attrib == {"name": "flows", "tests": "2", "failures": "1", "time": "0.750"}
    good, bad = suite.findall("testcase")
    assert good.get("name") == "good"
    assert good.find("failure") is None
    assert good.findtext("system-out") == "2026-01-01T00:00:00.000+00:00  system: 欢迎 <1> & 2"
    failure = bad.find("failure")
    assert failure is not None
    assert (failure.get("message"), failure.text) == ("first", "first\nsecond")
