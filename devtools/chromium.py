"""Finds the Chromium that the browser tests drive; `python -m devtools.chromium` installs Debian's when there is none.

Playwright's own browser isn't downloaded: the tests give its driver this one (`executable_path`).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
CHINESE_FONT = "fonts-wqy-zenhei"


def find() -> str | None:
    """The path of a Chromium or Chrome on this machine, None when there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (MAC if Path(MAC).exists() else None)


def missing() -> list[str]:
    """The Debian packages that the browser tests lack: the browser, and a font without which Chinese is empty boxes."""
    packages = [] if find() else ["chromium"]
    if shutil.which("apt-get") and not _has_chinese_font():
        packages.append(CHINESE_FONT)
    return packages


def install(packages: list[str]) -> str | None:
    """Install Debian packages; return a sentence when that can't be done."""
    by_hand = f"install {' and '.join(packages)} by hand; the browser tests need them."
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        return f"Here is no apt-get that may be used: {by_hand}"
    print(f"installing {' and '.join(packages)} for the browser tests (once)", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command = [*sudo, "apt-get", "-qq", *arguments]
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return f"apt-get did not succeed: check the network, or {by_hand}"
    return None


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


if __name__ == "__main__":
    if (packages := missing()) and (sentence := install(packages)):
        sys.exit(sentence)
