"""Boundary: the plane of two axes, split between two strategies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from sim.questions.study import Study
from sim.report.drawing import colour_map, number_axis
from sim.report.questions import IN_TITLE, dimension_words
from sim.report.style import GRID, INK, MUTED, OURS, RIVALS, Look, Picture, page, styled
from sim.report.words import display_width, kpi_unit, percent, told_apart
from sim.statistics.boundary import Boundary

CAPTION: Final = (
    "The line is where both strategies do equally well; the stronger the colour, the greater the difference. Between "
    "the broken lines the runs leave open which is better (5 % to 95 % chance). Points are runs: most are where it is "
    "a close call."
)
SIDES: Final = colour_map("sides", "#6C92BC", "#FFFFFF", "#DD714D")
IN_LINE: Final = 34
"""Latin letters of a strategy's name within a line."""
A_LINE: Final = 116
"""Latin letters that fit under the heading of the map."""
DOUBT: Final = 1.645
"""Standard deviations from 0 at which the chance is 5 % or 95 %."""


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the plane."""
    e, found, between = study.experiment, study.answer.found["boundary"], study.answer.found["between"]
    title = " or ".join(told_apart(between, IN_TITLE).values())
    kpi = e.spec.outcomes[0]
    what = f"{kpi.replace('_', ' ')} [{kpi_unit(kpi, e.base.currency)}]"
    axes = (dimension_words(e, found.x), dimension_words(e, found.y))
    caption = f"{CAPTION} The difference is one of {what}."
    yield Picture("plane", title, caption, boundary_figure(found, between, title=title, axes=axes))


@styled
def boundary_figure(found: Boundary, between: tuple[str, str], *, title: str, axes: tuple[str, str]) -> Figure:
    """Return the map of two strategies on two axes.

    Parameters
    ----------
    between : names of A and B; the difference is A − B in the better direction.
    axes : what stands beside them, the horizontal one first.
    """
    steps = round(len(found.plane) ** 0.5)
    values = (found.plane[c].to_numpy(dtype=np.float64) for c in (found.x, found.y, "mean", "deviation"))
    x, y, mean, deviation = (v.reshape(steps, steps) for v in values)
    names = told_apart(between, IN_LINE)
    a, b = (names[name] for name in between)
    called = f"{len(found.runs)} points run; {percent(found.unsure)} of the plane may be called wrongly"
    share = f"{a} is better in {percent(found.share(), 0)} of the plane"
    gap = "; " if display_width(share + called) <= A_LINE else "\n"
    figure = page(title, f"{share}{gap}{called}", height=6.0, width=8.6)
    plane = figure.add_subplot()
    size = max(float(np.abs(mean).max()), 1e-300)
    norm = TwoSlopeNorm(0.0, -size, size)
    shade = plane.pcolormesh(x, y, mean, cmap=SIDES, norm=norm, shading="gouraud", rasterized=True)
    # the chance itself jumps from 0 to 1 between two steps of the plane
    doubt = mean / np.maximum(deviation, 1e-9 * size)
    inner = [c for c in (-DOUBT, DOUBT) if doubt.min() < c < doubt.max()]
    if inner:
        plane.contour(x, y, doubt, levels=inner, colors=[MUTED], linewidths=1.0, linestyles="dashed")
    # last: where there is hardly any doubt the broken lines lie under this one
    if mean.min() < 0 < mean.max():
        plane.contour(x, y, mean, levels=[0.0], colors=[INK], linewidths=2.2)
    is_a = found.runs["difference"] > 0
    look: Look = {"edgecolors": "white", "linewidths": 0.9, "zorder": 4, "clip_on": False}
    for rows, colour, name in ((found.runs[is_a], OURS, a), (found.runs[~is_a], RIVALS[0], b)):
        plane.scatter(rows[found.x], rows[found.y], s=30, color=colour, label=f"run in which {name} is better", **look)
    figure.legend(loc="outside lower center", ncols=2)
    plane.set_xlabel(axes[0])
    plane.set_ylabel(axes[1])
    plane.grid(False)
    bar = figure.colorbar(shade, ax=plane, shrink=0.85)
    bar.set_label(f"Difference: above 0 {a} is better", color=INK)
    bar.outline.set_edgecolor(GRID)
    number_axis(plane.xaxis, plane.yaxis, bar.ax.yaxis)
    return figure
