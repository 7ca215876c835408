"""The pictures of a comparison, one in each file: `figure(findings) -> Figure`, `TITLE`, and `CAPTION`, how to read it.

A picture never fails for want of data: it says that there is nothing to show, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from matplotlib.figure import Figure

from sim.report.comparison.findings import Findings
from sim.report.comparison.pictures import chance, differences, futures, mechanisms, places, time, tradeoff

__all__ = ["PICTURES", "ComparisonPicture", "pictures_of"]


@dataclass(frozen=True)
class ComparisonPicture:
    """A picture of the catalogue: file name, heading, how to read it, the function that draws it."""

    key: str
    title: str
    caption: str
    draw: Callable[[Findings], Figure]


def _picture(key: str, module: ModuleType) -> ComparisonPicture:
    return ComparisonPicture(key, module.TITLE, module.CAPTION, module.figure)


PICTURES: tuple[ComparisonPicture, ...] = (
    _picture("differences", differences), _picture("chance", chance), _picture("tradeoff", tradeoff),
    _picture("when", time), _picture("where", places), _picture("why", mechanisms), _picture("regret", futures),
)  # fmt: skip


def pictures_of(findings: Findings) -> list[ComparisonPicture]:
    """Return the pictures that a comparison has: regret only with futures, why only when it was asked."""
    absent = {"regret"} if findings.regrets.empty else set()
    absent |= set() if findings.why else {"why"}
    return [p for p in PICTURES if p.key not in absent]
