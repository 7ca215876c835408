"""Pictures over two dimensions: the box of PRIM and its trade-off, the boundary between two strategies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from sim.report.figures.axis import number_axis
from sim.report.style import (
    GRID,
    INK,
    MUTED,
    OURS,
    RIVALS,
    display_width,
    nothing,
    page,
    percent,
    short,
    styled,
    told_apart,
)
from sim.statistics.boundary import Boundary
from sim.statistics.discovery import Box, Range, is_categorical, trade_off

BOX_CAPTION = (
    "Left: each point is a box of PRIM, from all points (right lower corner) to a small dense one; the ring is the box "
    "that was chosen. Right: the points, cases filled, and the box on its two most telling dimensions. Points outside "
    "the frame of other dimensions are shown as well, so a few others may lie in it."
)
BOUNDARY_CAPTION = (
    "The line is where both strategies do equally well; the stronger the colour, the greater the difference. Between "
    "the broken lines the runs leave open which is better (5 % to 95 % chance). Points are runs: most are where it is "
    "a close call."
)
SIDES: Final = LinearSegmentedColormap.from_list("sides", ["#6C92BC", "#FFFFFF", "#DD714D"])
LONGEST: Final = 34
"""Latin letters of a strategy's name within a line."""
A_LINE: Final = 116
"""Latin letters that fit under the heading of the map."""
DOUBT: Final = 1.645
"""Standard deviations from 0 at which the chance is 5 % or 95 %."""


@styled
def box_figure(boxes: Sequence[Box], chosen: Box, points: pd.DataFrame, cases: ArrayLike, *, title: str) -> Figure:
    """Return coverage against density of all boxes, and the chosen one on its two most telling dimensions.

    Parameters
    ----------
    boxes : what `prim` returns; `chosen` what `discover` returns.
    points, cases : that they were found in.
    """
    if not chosen.limits:
        return nothing(title, "No restriction sets these cases apart from the others.")
    p = chosen.quasi_p(points, cases)
    names = sorted(chosen.limits, key=lambda name: p[name])
    # a box of one dimension is drawn over another, free one
    free = [str(name) for name in points.columns if name not in names]
    pair = (names + free)[:2]
    figure = page(title, f"Box with {percent(chosen.coverage, 0)} of the cases; {percent(chosen.density, 0)} of its "
                  f"{chosen.n:,} points are cases", height=5.2)  # fmt: skip
    left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.25])
    _trade_off(left, trade_off(list(boxes)), chosen)
    _box(right, chosen, points, np.asarray(cases, dtype=np.bool_), pair)
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    return figure


def _trade_off(axes: Axes, table: pd.DataFrame, chosen: Box) -> None:
    axes.plot(100 * table["coverage"], 100 * table["density"], color=MUTED, linewidth=1.0, marker="o", markersize=4.5)
    axes.plot([100 * chosen.coverage], [100 * chosen.density], marker="o", markersize=12, markerfacecolor="none",
              markeredgecolor=OURS, markeredgewidth=2.0)  # fmt: skip
    axes.set_xlim(0, 104)
    axes.set_ylim(0, 104)
    axes.set_xlabel("Coverage: share of all cases [%]")
    axes.set_ylabel("Density: share of cases in the box [%]")
    axes.set_title("What each step of peeling gains and loses")
    axes.grid(True, axis="both")


def _box(axes: Axes, box: Box, points: pd.DataFrame, is_case: np.ndarray, pair: list[str]) -> None:
    columns = [_places(points[name]) for name in pair]
    columns = [columns[0], columns[1] if len(pair) > 1 else np.zeros(len(points))]
    for mask, face, edge, label in ((~is_case, "none", "#A9AFB8", "other"), (is_case, OURS, OURS, "case")):
        axes.scatter(columns[0][mask], columns[1][mask], s=14, facecolors=face, edgecolors=edge,
                     linewidths=0.7, label=label, zorder=3)  # fmt: skip
    spans = [_span(box, points, name) for name in pair]
    if len(spans) == 2:
        (x, width), (y, height) = spans
        axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=INK, linewidth=2.0, zorder=5))
        _axis_names(axes, points[pair[1]], pair[1], upright=True)
    _axis_names(axes, points[pair[0]], pair[0], upright=False)
    axes.grid(False)


def _places(values: pd.Series) -> np.ndarray:
    """Return where each point stands on an axis: its number, or its choice's place, scattered a little."""
    if not is_categorical(values):
        return values.to_numpy(dtype=np.float64)
    choices = sorted(map(str, values.unique()))
    scatter = 0.5 * ((np.arange(len(values)) * 0.618033988749895) % 1.0 - 0.5)
    return np.asarray(np.array([choices.index(str(v)) for v in values]) + scatter, dtype=np.float64)


def _span(box: Box, points: pd.DataFrame, name: str) -> tuple[float, float]:
    """Return where the box begins on an axis and how long it is."""
    places, limit = _places(points[name]), box.limits.get(name, Range())
    low, high = float(places.min()), float(places.max())
    room = 0.015 * (high - low)
    if not isinstance(limit, Range):
        choices = sorted(map(str, points[name].unique()))
        kept = [choices.index(str(c)) for c in limit]
        return min(kept) - 0.4, max(kept) - min(kept) + 0.8
    start, end = max(limit.low, low - room), min(limit.high, high + room)
    return start, end - start


def _axis_names(axes: Axes, values: pd.Series, name: str, *, upright: bool) -> None:
    (axes.set_ylabel if upright else axes.set_xlabel)(short(name, 40))
    if is_categorical(values):
        choices = sorted(map(str, values.unique()))
        (axes.set_yticks if upright else axes.set_xticks)(range(len(choices)), [short(c, 18) for c in choices])
    else:
        number_axis(axes.yaxis if upright else axes.xaxis)


@styled
def boundary_figure(found: Boundary, a: str, b: str, *, title: str, x_label: str = "", y_label: str = "") -> Figure:
    """Return the map of two strategies on two axes.

    Parameters
    ----------
    a, b : names; the difference is A − B in the better direction.
    """
    steps = round(len(found.plane) ** 0.5)
    x, y, mean, deviation = (
        found.plane[c].to_numpy(dtype=np.float64).reshape(steps, steps) for c in (found.x, found.y, "mean", "deviation")
    )
    names = told_apart((a, b), LONGEST)
    called = f"{len(found.runs)} points run; {percent(found.unsure)} of the plane may be called wrongly"
    share = f"{names[a]} is better in {percent(found.share(), 0)} of the plane"
    gap = "; " if display_width(share + called) <= A_LINE else "\n"
    figure = page(title, f"{share}{gap}{called}", height=6.0, width=8.6)
    axes = figure.add_subplot()
    size = max(float(np.abs(mean).max()), 1e-300)
    shade = axes.pcolormesh(x, y, mean, cmap=SIDES, norm=TwoSlopeNorm(0.0, -size, size),
                            shading="gouraud", rasterized=True)  # fmt: skip
    # the chance itself jumps from 0 to 1 between two steps of the plane
    doubt = mean / np.maximum(deviation, 1e-9 * size)
    inner = [c for c in (-DOUBT, DOUBT) if doubt.min() < c < doubt.max()]
    if inner:
        axes.contour(x, y, doubt, levels=inner, colors=[MUTED], linewidths=1.0, linestyles="dashed")
    # last: where there is hardly any doubt the broken lines lie under this one
    if mean.min() < 0 < mean.max():
        axes.contour(x, y, mean, levels=[0.0], colors=[INK], linewidths=2.2)
    for wins, colour, name in ((True, OURS, a), (False, RIVALS[0], b)):
        rows = found.runs[(found.runs["difference"] > 0) == wins]
        axes.scatter(rows[found.x], rows[found.y], s=30, color=colour, edgecolors="white", linewidths=0.9, zorder=4,
                     label=f"run in which {names[name]} is better", clip_on=False)  # fmt: skip
    figure.legend(loc="outside lower center", ncols=2)
    axes.set_xlabel(x_label or found.x)
    axes.set_ylabel(y_label or found.y)
    for axis in (axes.xaxis, axes.yaxis):
        number_axis(axis)
    axes.grid(False)
    bar = figure.colorbar(shade, ax=axes, shrink=0.85)
    bar.set_label(f"Difference: above 0 {names[a]} is better", color=INK)
    bar.outline.set_edgecolor(GRID)
    number_axis(bar.ax.yaxis)
    return figure
