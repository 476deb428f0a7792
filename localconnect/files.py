"""Reading the files that people name."""

from __future__ import annotations

from pathlib import Path


class UnreadableFile(ValueError):
    """A file that is not there, or holds no text."""


def read_file(path: Path) -> str:
    """Its text. Raises UnreadableFile."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path}: this is no text in UTF-8.") from error
