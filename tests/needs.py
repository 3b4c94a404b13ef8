"""What the tests need besides Python: a real browser, and Java and Maven for a real Neo4j.

`make test` runs this module before the tests: what is missing is installed once, with apt by an
administrator of Debian or Ubuntu, the browser else by Playwright for the user alone. Nothing
skips: where something cannot be had, it ends with a message that says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What to install with apt for each; the font, that Chinese is as wide as it is for users.
PACKAGES = {
    "java": ("default-jre-headless",),
    "mvn": ("maven",),
    "chromium": ("chromium", "fonts-wqy-zenhei"),
}
REMEDY = {
    "java": "安装 Java 17 或 21 · install Java 17 or 21",
    "mvn": "安装 Maven · install Maven",
    "chromium": "安装 Chromium 或 Chrome，或 .venv/bin/playwright install chromium · "
    "install Chromium or Chrome",
}


def browser() -> str | None:
    """The path of a browser: the system's, else the one that Playwright fetched, else None."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def missing() -> list[str]:
    """What is not on this machine, of `PACKAGES`."""
    programs = [name for name in ("java", "mvn") if not shutil.which(name)]
    return programs if browser() else [*programs, "chromium"]


def install(names: list[str]) -> None:
    """Install what can be installed here; `missing` tells how it went."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        packages = [package for name in names for package in PACKAGES[name]]
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run([*apt, *command], env=quiet, check=False, stdout=subprocess.DEVNULL)
    elif "chromium" in names:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """See that everything is there; 1 if something is not and could not be installed."""
    if wanted := missing():
        print(f"安装测试所需 · installing for the tests: {' '.join(wanted)} …", flush=True)
        install(wanted)
    left = missing()
    for name in left:
        print(f"错误：测试要用 {name}：{REMEDY[name]}", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
