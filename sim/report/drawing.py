"""Parts that several pictures share: axes, lines with bands, bars with whiskers, names at the ends of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.metrics.weeks import Band
from sim.report.result import dates
from sim.report.style import INK, MUTED, Look
from sim.report.words import percent, plain, told_apart, two_lines

Places = Sequence[float] | np.ndarray
LONGEST = 24
"""Latin letters of a strategy's name on a line of a picture."""


def labels(names: Iterable[object]) -> dict[str, str]:
    """Return strategy → its name beside an axis or in a legend, on two lines where it is long; no two look alike."""
    return told_apart(map(str, names), LONGEST, two_lines)


def time_axis(axes: Axes, *, few: bool = False) -> None:
    """Show months or days, never more labels than fit."""
    locator = mdates.AutoDateLocator(minticks=2, maxticks=4 if few else 9)  # type: ignore[no-untyped-call]
    formats = ["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%S"]
    zero = ["", "%b\n%Y", "%d %b", "%d %b", "%H:%M", "%H:%M"]
    formatter = mdates.ConciseDateFormatter(locator, formats=formats, zero_formats=zero, show_offset=False)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.tick_params(axis="x", length=3)


def percent_axis(axes: Axes) -> None:
    """Show shares in [0, 1] as percentages, with as many decimals as tell the ticks apart."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3, steps=[1, 2, 2.5, 5, 10]))

    def label(value: float, _: int | None) -> str:
        low, high = axes.get_ylim()
        span = abs(high - low)
        return percent(value, 0 if span > 0.06 else 1 if span > 0.006 else 2)

    axes.yaxis.set_major_formatter(FuncFormatter(label))


def number_axis(*which: Axis) -> None:
    """Show thousands and millions short, all ticks of an axis in the same unit."""
    for axis in which:
        axis.set_major_formatter(FuncFormatter(lambda value, _, axis=axis: _tick(axis, value)))


def _tick(axis: Axis, value: float) -> str:
    size = max(map(abs, axis.get_view_interval()))
    for limit, divisor, unit in ((2e6, 1e6, " M"), (2e4, 1e3, " k")):
        if size >= limit and value:
            return f"{value / divisor:,g}{unit}".replace("-", "−")
    return f"{value:,g}".replace("-", "−")


def points_axis(axis: Axis, unit: str = "") -> None:
    """Show differences of shares as points, or as percentages with a unit of " %"."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value, 100) + unit))


def rows(axes: Axes, places: Places, names: Iterable[str]) -> None:
    """Write names beside the rows of a picture that is read along the rows."""
    axes.set_yticks(places, list(names))
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.grid(True, axis="x")


def from_top(n: int) -> np.ndarray:
    """Return the places of rows, the first at the top."""
    return np.arange(n, dtype=np.float64)[::-1]


def zero_line(axes: Axes, *, upright: bool = True) -> None:
    """Draw the line where nothing differs from the baseline."""
    (axes.axvline if upright else axes.axhline)(0.0, color=MUTED, linewidth=1.1, zorder=2)


def note(axes: Axes, text: str, at: tuple[Any, Any], by: tuple[float, float], **look: Any) -> None:
    """Write a text beside a point.

    Parameters
    ----------
    by : distance from the point. [points]
    look : of the text; `halo` puts so much white behind it.
    """
    halo = look.pop("halo", None)
    if halo is not None:
        look["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": halo}
    axes.annotate(text, at, xytext=by, textcoords="offset points", **look)


def colour_map(name: str, *colours: str) -> LinearSegmentedColormap:
    """Return a map of colours from one to the next."""
    return LinearSegmentedColormap.from_list(name, colours)


def draw_band(
    axes: Axes, start: date, b: Band, colour: str, *, width: float = 2.4, pale: float = 0.20, zorder: float = 3
) -> None:
    """Draw a line with its interval over calendar dates.

    Parameters
    ----------
    start : date of day 0.
    width : of the line. [points]
    pale : strength of the interval's colour, 0 … 1.
    """
    x: Any = dates(start, b.x)
    axes.plot(x, b.mean, color=colour, linewidth=width, zorder=zorder)
    if b.n > 1:
        axes.fill_between(x, b.low, b.high, color=colour, alpha=pale, linewidth=0, zorder=zorder - 1)


def fit_to_means(axes: Axes, bands: Iterable[Band], *, from_zero: bool = True, ceiling: float = np.inf) -> None:
    """Choose the height so that lines can be read; an interval far wider than they vary runs out of the panel.

    Parameters
    ----------
    from_zero : whether the axis begins at 0.
    ceiling : the greatest value that makes sense, 1 for a share.
    """
    drawn = list(bands)
    means = np.concatenate([b.mean[np.isfinite(b.mean)] for b in drawn] or [np.zeros(1)])
    if not len(means):
        return
    edges = np.concatenate([np.nan_to_num(v, nan=means[0]) for b in drawn for v in (b.low, b.high)] + [means])
    low, high = float(means.min()), float(means.max())
    room = 0.6 * (high if from_zero else max(high - low, 1e-3 * abs(high)))
    top = min(high + room, float(edges.max()), ceiling)
    bottom = 0.0 if from_zero else max(low - room, float(edges.min()), 0.0)
    pad = 0.06 * (top - bottom) or 1.0
    axes.set_ylim(bottom if from_zero else max(bottom - pad, 0.0), min(top + pad, max(ceiling, top)))


def end_labels(axes: Axes, ends: Iterable[tuple[float, str, str]]) -> None:
    """Write each line's name at its right end, pushed apart so that none overlap.

    Parameters
    ----------
    ends : (last value, label, colour) of each line; one without a value has no name.
    """
    known = [end for end in ends if np.isfinite(end[0])]
    figure, size = axes.get_figure(root=True), 8.5
    if not known or figure is None:
        return
    low, high = axes.get_ylim()
    figure.draw_without_rendering()
    height_points = axes.get_window_extent().height * 72 / figure.dpi
    places = spread([value for value, *_ in known], (high - low) * size * 1.35 / max(height_points, 1.0), high)
    look: Look = {"va": "center", "ha": "left", "fontsize": size, "annotation_clip": False}
    for (_, label, colour), place in zip(known, places, strict=True):
        axes.annotate(label, (1.012, place), xycoords=axes.get_yaxis_transform(), color=colour, **look)


def spread(values: Sequence[float], gap: float, high: float) -> list[float]:
    """Return positions near `values`, in the same order, at least `gap` apart and below `high` where they fit."""
    order = np.argsort(values, kind="stable")
    placed = np.array(values, dtype=float)[order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    over = placed[-1] - (high - gap / 2)
    if over > 0:
        placed[-1] -= over
        for i in range(len(placed) - 2, -1, -1):
            placed[i] = min(placed[i], placed[i + 1] - gap)
    result = np.empty(len(placed))
    result[order] = placed
    return [float(v) for v in result]


def bars(
    axes: Axes, places: Places, values: Sequence[tuple[float, float]], colours: Sequence[str], height: float
) -> None:
    """Draw a bar across for each (mean, half width of its interval)."""
    means = [mean for mean, _ in values]
    axes.barh(places, means, color=colours, height=height)
    whiskers(axes, places, means, [reach for _, reach in values], across=True)


def whiskers(axes: Axes, at: Places, value: Places, reach: Places, *, across: bool = False) -> None:
    """Draw interval whiskers over bars, none where the reach is 0."""
    keep = [i for i, r in enumerate(reach) if r > 0]
    if not keep:
        return
    a, v, r = ([s[i] for i in keep] for s in (at, value, reach))
    style: Look = {"fmt": "none", "ecolor": INK, "elinewidth": 1.1, "capsize": 3, "zorder": 6}
    if across:
        axes.errorbar(v, a, xerr=r, **style)
    else:
        axes.errorbar(a, v, yerr=r, **style)
