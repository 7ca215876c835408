"""What all tests share: their layers, the browser rule, and Hypothesis without a stopwatch."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.layers import layer_of

CHROMIUM = Path("/usr/bin/chromium")

# Two workers on a busy machine make any deadline a matter of luck; the draws stay the same from run to run.
settings.register_profile("arsim", deadline=None, derandomize=True)
settings.load_profile("arsim")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(layer_of(item))
    if CHROMIUM.exists():
        return
    skip = pytest.mark.skip(reason=f"no browser: {CHROMIUM} is not installed (apt-get install chromium)")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)
