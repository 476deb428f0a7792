"""Makes a virtual environment from a requirements file with hashes: `python environment.py FOLDER REQUIREMENTS`.

Runs before any package is installed, so it imports the standard library alone.
"""

import subprocess
import sys
import venv
from pathlib import Path


def main(folder: Path, requirements: Path) -> int:
    """Fill `folder`, leave a file `.stamp` in it, which make compares with `requirements`; return the exit code."""
    print(f"installing {requirements} into {folder} (once)", flush=True)
    try:
        venv.create(folder, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError):
        return _fail(
            f"The environment {folder} could not be made: install Python's venv module (Debian: python3-venv)."
        )
    # --no-deps: the file names them all. --no-compile: Python compiles a module when it is first imported.
    pip = [
        folder / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--no-deps",
        "--no-compile",
    ]
    pip += ["--progress-bar", "off", "--require-hashes", "-r", requirements]
    if not _run(pip):
        return _fail(f"The packages of {requirements} could not be installed: check the network and run make again.")
    (folder / ".stamp").touch()
    return 0


def _run(command: list[object]) -> bool:
    """Run pip and show one line of progress for ten packages; on failure print what pip said."""
    said: list[str] = []
    seen = 0
    words = [str(word) for word in command]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout
        for line in pip.stdout:
            said.append(line)
            if line.startswith("Collecting "):
                seen += 1
                if seen % 10 == 0:
                    print(f"  {seen} packages", flush=True)
            elif line.startswith("Installing collected"):
                print("  unpacking", flush=True)
    if pip.returncode:
        print("".join(line for line in said if line.startswith("ERROR")), end="", file=sys.stderr)
    return pip.returncode == 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
