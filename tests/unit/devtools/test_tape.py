"""Rows for the quote tape."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.events.quote_tape import read_row
from devtools import tape
from devtools.problem import Problem


def test_rows_of_a_file_are_what_the_function_reads(tmp_path: Path) -> None:
    file = tmp_path / "tape.csv"
    file.write_text("code,at,price,volume\n601398,2026-11-25T09:31:00+08:00,7.85,1200\n", encoding="utf-8")
    [row] = tape.read(file)
    read = read_row(tape.json.dumps(row))
    assert (read.code, str(read.price), read.volume) == ("601398", "7.85", 1200)


@pytest.mark.parametrize("line", ["601398,2026-11-25T09:31:00,7.85,1200", "601398,now,7.85,1", "601398,,0,1", "601398"])
def test_a_line_that_is_no_row_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "tape.csv"
    file.write_text(f"code,at,price,volume\n{line}\n", encoding="utf-8")
    with pytest.raises(Problem, match=r"tape\.csv, line 2: .* is no row"):
        list(tape.read(file))


def test_either_a_row_or_a_file_is_wanted() -> None:
    with pytest.raises(Problem, match="Give CODE PRICE VOLUME, or a file with --csv"):
        tape.command("601398", None, None, None)
