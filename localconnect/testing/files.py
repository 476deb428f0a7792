"""Test case files: alone, or as a template has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from localconnect.arns import resource_id, stable_id
from localconnect.files import read_file
from localconnect.template import content_files, load
from localconnect.testing.document import Case, load_case

if TYPE_CHECKING:
    from localconnect.instance import Instance


def read_case_file(file: Path) -> Case:
    """A case that calls the phone's flow, from nobody in particular. Raises UnreadableFile or InvalidCase."""
    return load_case(read_file(file), name=file.stem, file=file.name)


def cases_of(template: Path, instance: Instance) -> dict[Path, Case]:
    """The test cases of ``instance``, made from ``template``, by the file of each, resolved."""
    by_id = {resource_id(arn): case for arn, case in instance.test_cases.items()}
    files = content_files(load(template), template.parent)
    unique = {stable_id(instance.account, instance.region, name): file.resolve() for name, file in files.items()}
    return {file: by_id[name] for name, file in unique.items() if name in by_id}
