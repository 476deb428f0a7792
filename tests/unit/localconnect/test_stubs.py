from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localconnect.effects import Invocation
from localconnect.files import UnreadableFile
from localconnect.stubs import InvalidStubs, StubFunctions, read_stubs

ARN = "arn:aws:lambda:eu-west-2:111122223333:function:lookup"


def functions(tmp_path: Path, text: str, waited: list[float] | None = None) -> StubFunctions:
    file = tmp_path / "functions.json"
    file.write_text(text, encoding="utf-8")
    return StubFunctions(read_stubs(file), wait=(waited if waited is not None else []).append)


@pytest.mark.parametrize(
    ("pattern", "arn"),
    [
        ("lookup", ARN),
        ("lookup", f"{ARN}:live"),
        (ARN, ARN),
        ("look*", ARN),
        ("arn:aws:lambda:*:function:lookup", ARN),
        ("*", "${FunctionArn}"),
    ],
)
def test_a_function_goes_by_its_arn_its_name_or_a_pattern(tmp_path: Path, pattern: str, arn: str) -> None:
    stubs = functions(tmp_path, f'{{"other": 1, "{pattern}": {{"name": "王"}}}}')
    assert stubs.invoke(arn, {}, 3) == Invocation(b'{"name": "\\u738b"}')


@pytest.mark.parametrize(
    ("written", "payload"),
    [("{}", b"{}"), ('"text"', b'"text"'), ('{"answer": {"error": "x"}}', b'{"error": "x"}'),
     ('{"error": "x", "code": 1}', b'{"error": "x", "code": 1}'), ('{"delay": 1}', b"{}")],
)  # fmt: skip
def test_answers(tmp_path: Path, written: str, payload: bytes) -> None:
    assert functions(tmp_path, f'{{"lookup": {written}}}').invoke(ARN, {}, 3) == Invocation(payload)


def test_answers_in_turn_the_last_one_ever_after(tmp_path: Path) -> None:
    stubs = functions(tmp_path, '{"lookup": [1, {"error": "down"}]}')
    answers = [stubs.invoke(ARN, {}, 3) for _ in range(3)]
    assert answers == [Invocation(b"1"), *[Invocation(error="the function failed: down")] * 2]


def test_delays(tmp_path: Path) -> None:
    waited: list[float] = []
    stubs = functions(tmp_path, '{"lookup": [{"delay": 2, "answer": 1}, {"delay": 5}]}', waited)
    assert stubs.invoke(ARN, {}, 3) == Invocation(b"1")
    assert stubs.invoke(ARN, {}, 3) == Invocation(error="no answer within 3 s")
    assert waited == [2, 3]


def test_a_function_without_a_stub_fails_and_is_told() -> None:
    missing: list[str] = []
    answer = StubFunctions({}, missing=missing.append).invoke(ARN, {}, 3)
    assert answer.error == f"no stub stands for the function {ARN!r}"
    assert missing == [ARN]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "this is no JSON"),
        ("[]", "write an object, from functions to answers"),
        ('{"f": []}', "'f' has no answers"),
        ('{"f": {"delay": "soon"}}', "'f' has the delay 'soon'; write seconds"),
    ],
)
def test_what_is_no_file_of_stubs(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InvalidStubs, match=sentence):
        functions(tmp_path, text)


def test_no_file(tmp_path: Path) -> None:
    arguments: Any = tmp_path / "nothing.json"
    with pytest.raises(UnreadableFile, match=r"nothing.json: cannot be read"):
        read_stubs(arguments)
