"""Results for a build server, in the XML that JUnit's Ant task made common."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from localconnect.testing.report import spoken
from localconnect.testing.runner import CaseResult


def junit(results: Sequence[CaseResult], *, suite: str = "connect") -> str:
    """An XML document: one ``testcase`` a result, with its transcript as ``system-out``."""
    root = ElementTree.Element(
        "testsuite",
        name=suite,
        tests=str(len(results)),
        failures=str(sum(result.status == "FAILED" for result in results)),
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(root, "testcase", name=result.name, classname=suite, time=f"{result.seconds:.3f}")
        if result.status == "FAILED":
            failure = ElementTree.SubElement(case, "failure", message=result.failure.partition("\n")[0])
            failure.text = result.failure
        ElementTree.SubElement(case, "system-out").text = "\n".join(map(spoken, result.transcript))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
