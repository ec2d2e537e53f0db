"""Where a Chromium or a Chrome may be; tools use it too, so nothing but Python is needed to import it."""

import os
import shutil
from pathlib import Path

HOW_TO_GET_CHROMIUM = (
    "no Chromium or Chrome found, so nothing was tried in a browser: `apt-get install chromium` (Debian), "
    "or `.venv/bin/python -m playwright install chromium`, or set CHROMIUM to the program's path"
)


def find_browser() -> str | None:
    """Find a Chromium or a Chrome: the one named by CHROMIUM, the system's, or Playwright's own."""
    programs = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    candidates = [
        os.environ.get("CHROMIUM"),
        *(shutil.which(n) for n in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")),
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        *(f"{folder}/Google/Chrome/Application/chrome.exe" for folder in programs if folder),
    ]
    found = next((str(path) for path in candidates if path and Path(path).is_file()), None)
    if found is None:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
        found = own if own and Path(own).is_file() else None
    return found
