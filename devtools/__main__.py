"""`python -m devtools COMMAND`, with whichever python comes first: the work is done in the environment of make."""

import os
import sys
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent.parent / ".venv"


def enter_environment() -> None:
    """Go on in the interpreter of `.venv`, or end with a sentence where it has not been made yet."""
    python = ENVIRONMENT / "bin" / "python"
    if Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        return
    if not python.exists():
        sys.exit("The packages of devtools are not installed yet: run make run or make test once, which installs them.")
    os.execv(python, [str(python), "-m", "devtools", *sys.argv[1:]])


if __name__ == "__main__":
    enter_environment()
    from devtools.commands import main

    main()
