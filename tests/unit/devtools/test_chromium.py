import shutil
from pathlib import Path

import pytest

from devtools import chromium


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has only the programs of this folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "MAC", str(tmp_path / "none"))
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_finds_the_browser_that_is_there(programs: Path) -> None:
    assert chromium.find() is None
    program(programs, "google-chrome", "exit 0")
    assert chromium.find() == shutil.which("google-chrome")


def test_nothing_is_missing_where_a_browser_and_a_chinese_font_are(programs: Path) -> None:
    for name in ("chromium", "apt-get"):
        program(programs, name, "exit 0")
    assert chromium.missing() == ["fonts-wqy-zenhei"]
    program(programs, "fc-list", "echo /usr/share/fonts/zenhei.ttc")
    assert chromium.missing() == []


def test_without_apt_get_it_says_what_to_install(programs: Path) -> None:
    assert chromium.missing() == ["chromium"]
    assert "install chromium by hand" in (chromium.install(["chromium"]) or "")


def test_a_failure_of_apt_get_is_told_in_one_sentence(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    program(programs, "apt-get", "exit 100")
    assert (chromium.install(["chromium"]) or "").startswith("apt-get did not succeed: check the network")
