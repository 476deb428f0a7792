"""`python -m devtools` works with a python that has none of its packages."""

import subprocess
import sys
from pathlib import Path

import pytest

from devtools import __main__ as entry

ROOT = Path(__file__).parents[3]
BARE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


def test_another_python_goes_on_in_the_environment() -> None:
    done = subprocess.run(
        [BARE, "-I", "-c", f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = ['--help'];"
         "runpy.run_module('devtools', run_name='__main__')"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "test-flows" in done.stdout


def test_without_the_environment_it_says_what_makes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(entry, "ENVIRONMENT", tmp_path)
    with pytest.raises(SystemExit, match="run make run or make test once"):
        entry.enter_environment()
