"""How strategies look in every picture of a comparison: colour, short name, the line under a heading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from matplotlib.axes import Axes

from sim.report.comparison.findings import Findings
from sim.report.style import MUTED, short, told_apart, two_lines

COLOURS: Final = ("#D1410C", "#3B6EA5", "#E0A92E", "#2B7A78", "#8E6C9E", "#7C5B3A", "#86BEDA", "#4A4F57")
LONGEST: Final = 24
"""Latin letters of a strategy's name on a line of a picture."""


def strategy_colours(findings: Findings) -> dict[str, str]:
    """Return strategy → colour: the baseline grey, the others strong, in their order."""
    named = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(findings.others)}
    return {findings.comparison.baseline: MUTED, **named}


def label(name: str) -> str:
    """Return a strategy's name as it stands within a line of a picture."""
    return short(name, LONGEST)


def labels(names: Iterable[str]) -> dict[str, str]:
    """Return strategy → its name beside an axis or in a legend, on two lines where it is long; no two look alike."""
    return told_apart(names, LONGEST, two_lines)


def against(findings: Findings, what: str) -> str:
    """Return the line under a heading: what is shown, against whom, how many replications."""
    n = findings.comparison.replications
    return f"{what}; against {label(findings.comparison.baseline)}; {n} replications, 95 % intervals"


def zero_line(axes: Axes, *, upright: bool = True) -> None:
    """Draw the line where nothing differs from the baseline."""
    (axes.axvline if upright else axes.axhline)(0.0, color=MUTED, linewidth=1.1, zorder=2)
