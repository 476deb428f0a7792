"""`make lint`: formatting, lint, types, the flows and the templates."""

import subprocess
import sys
import tempfile
from pathlib import Path

from devtools import case_stacks, deploy, package
from devtools.paths import CONNECT_TEMPLATE, ROOT
from devtools.problem import Problem
from localconnect.cli.screen import step

PROGRAMS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("python", "-m", "localconnect", "lint", "--template", str(CONNECT_TEMPLATE.relative_to(ROOT))),
)


def command() -> None:
    """Check formatting, lint, types, the flows and the CloudFormation templates; stop at the first that fails."""
    for program in PROGRAMS:
        _check(program)
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder, "app.yaml")
        app.write_bytes((package.build().folder / package.TEMPLATE).read_bytes())
        whole = deploy.connect_template()
        connect = {"connect": deploy.without_cases(whole), **case_stacks.case_templates(whole)}
        for name, written in connect.items():
            Path(folder, f"{name}.yaml").write_text(deploy.template_text(written))
        # W1020: the text of a flow goes through Fn::Sub whether it names something or not.
        _check(("cfn-lint", "--ignore-checks", "W1020", "--", *map(str, sorted(Path(folder).glob("*.yaml")))))


def _check(program: tuple[str, ...]) -> None:
    named = [word for word in program if word not in ("python", "-m")][:2]
    with step(" ".join(named)):
        done = subprocess.run([Path(sys.executable).with_name(program[0]), *program[1:]], cwd=ROOT, check=False)
    if done.returncode:
        raise Problem(f"{named[0]} found what is said above.")
