"""The pictures of a run, one in each file: `figure(result) -> Figure`, `TITLE`, and `CAPTION`, how to read it.

A picture never fails for want of data: it says that there is nothing to show, and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from sim.ledger.result import RunResult
from sim.report.style import Picture

FIGURES = (
    "business_map",
    "share",
    "funnel",
    "stock_outs",
    "stock",
    "bullwhip",
    "advisor_day",
    "profit",
    "diversion",
    "warmup",
)
"""In the order of the page."""


def picture(result: RunResult, key: str) -> Picture:
    """Draw one picture of a run."""
    module = import_module(f"{__name__}.{key}")
    return Picture(key, module.TITLE, module.CAPTION, module.figure(result))


def pictures(result: RunResult) -> Iterator[Picture]:
    """Draw every picture of a run, one after the other."""
    return (picture(result, key) for key in FIGURES)
