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
# The fonts are for the Chinese texts of the page.
PACKAGES = ("chromium", "fonts-wqy-zenhei")


def find() -> str | None:
    """The path of a Chromium or Chrome on this machine, None when there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (MAC if Path(MAC).exists() else None)


def install() -> str | None:
    """Install Debian's Chromium; return a sentence when that can't be done."""
    by_hand = "install Chromium or Chrome by hand; the browser tests need it."
    if not shutil.which("apt-get"):
        return f"There is no Chromium here, and no apt-get to install it with: {by_hand}"
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not shutil.which("sudo"):
        return f"There is no Chromium here, and no right to install it: {by_hand}"
    print("installing Chromium for the browser tests (once)", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            [*sudo, "apt-get", "-qq", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            return f"apt-get could not install Chromium: check the network, or {by_hand}"
    return None


if __name__ == "__main__":
    if find() is None and (sentence := install()):
        sys.exit(sentence)
