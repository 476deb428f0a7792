"""The pytest plugin: each test case file is a test. In pytest's ini::

    localconnect_template = infra/connect.yaml
    localconnect_parameters =
        FunctionArn=arn:aws:lambda:eu-west-2:111122223333:function:lookup
    localconnect_cases = connect/tests/*.json
    localconnect_stub = connect/functions.json

or, without a template, ``localconnect_flows`` with flow files, of which the first is called. Paths and patterns are
relative to the ini file. A conftest.py may give other functions than stubs: see :class:`Hooks`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from localconnect.functions import Functions
    from localconnect.testing.items import CaseFile


class Hooks:
    """What a conftest.py may define."""

    @pytest.hookspec(firstresult=True)
    def pytest_localconnect_functions(self, config: pytest.Config) -> Functions | None:
        """What answers the functions that the flows call, for all cases of a run; None: the stubs."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("localconnect_cases", "Test case files of Amazon Connect's testing language: patterns.", "linelist")
    parser.addini("localconnect_template", "The CloudFormation template that holds the instance.", "paths")
    parser.addini("localconnect_parameters", "The template's parameters, as Name=Value.", "linelist")
    parser.addini("localconnect_flows", "Flow files, where there is no template; a call enters the first.", "paths")
    parser.addini("localconnect_stub", "A JSON file of what functions answer.", "paths")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    patterns = parent.config.getini("localconnect_cases")
    if not patterns:  # nothing of localconnect is imported by a run that does not use it
        return None
    from localconnect.testing.items import CaseFile, suite

    if file_path.resolve() not in suite(parent.config).files:
        return None
    return CaseFile.from_parent(parent, path=file_path)
