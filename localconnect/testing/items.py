"""Test cases as pytest's items; :mod:`localconnect.pytest_plugin` says how they are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from localconnect.cli.line import Line, open_line
from localconnect.cli.problem import explain
from localconnect.clock import TurnedClock
from localconnect.files import UnreadableFile
from localconnect.functions import Functions
from localconnect.testing.document import Case, InvalidCase
from localconnect.testing.files import cases_of, read_case_file
from localconnect.testing.report import report
from localconnect.testing.runner import CaseResult, run_case


class Suite:
    """What all the cases of a run have in common, made when the first needs it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @cached_property
    def files(self) -> frozenset[Path]:
        """The case files, resolved."""
        config = self._config
        base = config.inipath.parent if config.inipath else config.rootpath
        patterns = config.getini("localconnect_cases")
        return frozenset(path.resolve() for pattern in patterns for path in base.glob(pattern))

    @cached_property
    def line(self) -> Line:
        return open_line(
            self._config.getini("localconnect_flows"),
            self._path("template"),
            self._config.getini("localconnect_parameters"),
            self._path("stub"),
            None,
            _readable(self.files),
        )

    @cached_property
    def functions(self) -> Functions | None:
        """What a conftest.py gives."""
        functions: Functions | None = self._config.hook.pytest_localconnect_functions(config=self._config)
        return functions

    @cached_property
    def _cases(self) -> dict[Path, Case]:
        template = self._path("template")
        return cases_of(template, self.line.instance) if template else {}

    def case(self, file: Path) -> Case:
        """As the template has it, or the file alone: called by nobody in particular, with no attributes."""
        return self._cases.get(file.resolve()) or read_case_file(file)

    def _path(self, option: str) -> Path | None:
        return next(iter(self._config.getini(f"localconnect_{option}")), None)


def suite(config: pytest.Config) -> Suite:
    return config.stash.setdefault(_SUITE, Suite(config))


_SUITE = pytest.StashKey[Suite]()


def _readable(files: Iterable[Path]) -> Iterator[Case]:
    for file in files:
        with suppress(InvalidCase, UnreadableFile):  # said when the file's turn comes
            yield read_case_file(file)


class CaseFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        try:
            case = suite(self.config).case(self.path)
        except Exception as error:
            raise self.CollectError(explain(error)) from error
        yield CaseItem.from_parent(self, name=case.name, case=case)


class CaseFailed(Exception):
    def __init__(self, result: CaseResult) -> None:
        super().__init__(result.failure)
        self.result = result


class CaseItem(pytest.Item):
    def __init__(self, *, case: Case, **options: Any) -> None:
        super().__init__(**options)
        self._case = case

    def runtest(self) -> None:
        common, clock = suite(self.config), TurnedClock()
        functions = common.functions or common.line.functions(clock.advance)
        result = run_case(common.line.instance, self._case, functions, clock=clock)
        if result.status == "FAILED":
            raise CaseFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The runner's sentence and the transcript, without Python's traceback."""
        if isinstance(excinfo.value, CaseFailed):
            return report(excinfo.value.result)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name
