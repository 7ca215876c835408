"""A browser without a network, and what it complains about."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
HAS_TOOL = importlib.util.find_spec("playwright") is not None

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not HAS_TOOL, reason="playwright is not installed (extra: dev)"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium or chrome on this machine"),
]
"""Marks of every module that drives a browser."""


class Visit:
    """A page that is open, with what the browser complained about or asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("request", lambda r: self.requests.append(r.url))

    def open(self, file: Path) -> None:
        """Open a file and wait for the charts."""
        self.page.goto(file.as_uri())
        self.page.wait_for_function("window.arsimCharts !== undefined")

    def option(self, chart: str, expression: str) -> Any:
        """Return a part of a chart's present settings."""
        return self.page.evaluate(
            f"(() => {{ const o = window.arsimCharts.{chart}.getOption(); return {expression}; }})()"
        )

    def tooltip(self, chart: str) -> str:
        """Return the text of the tooltip that is shown."""
        self.page.wait_for_timeout(200)
        return str(self.page.locator(f"#{chart} > div").last.inner_text())


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the browser once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        running = tool.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """Open a context that has no network."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    yield Visit(context.new_page())
    context.close()
