import pytest

from devtools import cloud, line
from devtools.problem import Problem


def test_the_page_is_at_8800_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROKERLINE_PORT", raising=False)
    assert line.page_port() == 8800
    monkeypatch.setenv("BROKERLINE_PORT", "9900")
    assert line.page_port() == 9900


@pytest.mark.parametrize("text", ["eighty", "0", "65535", "-1"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKERLINE_PORT", text)
    with pytest.raises(Problem, match="BROKERLINE_PORT"):
        line.page_port()


def test_a_line_that_is_down_is_told_in_one_sentence() -> None:
    with pytest.raises(Problem, match=r"^The line is not running .* start it with make run\.$"):
        line.attach(f"http://127.0.0.1:{cloud.free_port()}")
