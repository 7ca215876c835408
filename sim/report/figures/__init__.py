"""The pictures of a run, one in each file: `figure(result) -> Figure`, `TITLE`, and `CAPTION`, how to read it.

A picture never fails for want of data: it says that there is nothing to show, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from matplotlib.figure import Figure

from sim.report.figures import (
    advisor_day,
    bullwhip,
    business_map,
    diversion,
    funnel,
    profit,
    share,
    stock,
    stock_outs,
    warmup,
)
from sim.report.frames import Result

__all__ = ["FIGURES", "Picture"]


@dataclass(frozen=True)
class Picture:
    """A picture of the catalogue: file name, heading, how to read it, the function that draws it."""

    key: str
    title: str
    caption: str
    draw: Callable[[Result], Figure]


def _picture(module: ModuleType) -> Picture:
    return Picture(module.__name__.rsplit(".", 1)[-1], module.TITLE, module.CAPTION, module.figure)


FIGURES: tuple[Picture, ...] = tuple(
    _picture(m)
    for m in (business_map, share, funnel, stock_outs, stock, bullwhip, advisor_day, profit, diversion, warmup)
)
