"""Parts that several pictures share: time axes, bands, labels at the ends of lines, legends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.frames import Band, Result, bin_days, dates
from sim.report.style import percent


def time_axis(axes: Axes, *, few: bool = False) -> None:
    """Show months or days, never more labels than fit."""
    locator = mdates.AutoDateLocator(minticks=2, maxticks=4 if few else 9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(  # type: ignore[no-untyped-call]
            locator, formats=["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%S"],
            zero_formats=["", "%b\n%Y", "%d %b", "%d %b", "%H:%M", "%H:%M"], show_offset=False,
        )
    )  # fmt: skip
    axes.tick_params(axis="x", length=3)


def percent_axis(axes: Axes) -> None:
    """Show shares in [0, 1] as percentages, with as many decimals as tell the ticks apart."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3, steps=[1, 2, 2.5, 5, 10]))

    def label(value: float, _: int | None) -> str:
        low, high = axes.get_ylim()
        span = abs(high - low)
        return percent(value, 0 if span > 0.06 else 1 if span > 0.006 else 2)

    axes.yaxis.set_major_formatter(FuncFormatter(label))


def number_axis(which: Axis) -> None:
    """Show thousands and millions short, all ticks in the same unit."""

    def label(value: float, _: int | None) -> str:
        low, high = which.get_view_interval()
        size = max(abs(low), abs(high))
        for limit, divisor, unit in ((2e6, 1e6, " M"), (2e4, 1e3, " k")):
            if size >= limit and value:
                return f"{value / divisor:,g}{unit}".replace("-", "−")
        return f"{value:,g}".replace("-", "−")

    which.set_major_formatter(FuncFormatter(label))


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


def draw_band(
    axes: Axes, result: Result, b: Band, colour: str, *, label: str = "", strong: bool = True, zorder: float = 3
) -> None:
    """Draw a line with its interval over calendar dates."""
    x = dates(result, b.x)
    axes.plot(x, b.mean, color=colour, label=label or None, linewidth=2.4 if strong else 1.5, zorder=zorder)
    if b.n > 1:
        axes.fill_between(x, b.low, b.high, color=colour, alpha=0.20, linewidth=0, zorder=zorder - 1)


def end_labels(axes: Axes, result: Result, bands: Sequence[tuple[Band, str, str]], *, size: float = 8.5) -> None:
    """Write each line's name at its right end, pushed apart so that none overlap.

    Parameters
    ----------
    bands : (band, label, colour) of each line.
    """
    ends = [(float(b.mean[np.isfinite(b.mean)][-1]), b, label, c) for b, label, c in bands if np.isfinite(b.mean).any()]
    if not ends:
        return
    low, high = axes.get_ylim()
    figure = axes.get_figure(root=True)
    if figure is None:
        return
    figure.draw_without_rendering()
    height_points = axes.get_window_extent().height * 72 / figure.dpi
    gap = (high - low) * size * 1.35 / max(height_points, 1.0)
    places = spread([e[0] for e in ends], gap, high)
    for (value, b, label, colour), place in zip(ends, places, strict=True):
        at = dates(result, b.x[-1:])[0]
        axes.annotate(
            label, xy=(at, value), xytext=(1.012, place), textcoords=axes.get_yaxis_transform(),
            va="center", ha="left", fontsize=size, color=colour, annotation_clip=False,
        )  # fmt: skip


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


def every(result: Result) -> str:
    """Return "week" or "day": what one point on a time axis stands for."""
    return "week" if bin_days(result) == 7 else "day"


def whiskers(
    axes: Axes, at: Sequence[float], value: Sequence[float], reach: Sequence[float], *, across: bool = False
) -> None:
    """Draw interval whiskers over bars, none where the reach is 0."""
    keep = [i for i, r in enumerate(reach) if r > 0]
    if not keep:
        return
    a, v, r = ([s[i] for i in keep] for s in (at, value, reach))
    style: dict[str, Any] = {"fmt": "none", "ecolor": "#22252B", "elinewidth": 1.1, "capsize": 3, "zorder": 6}
    if across:
        axes.errorbar(v, a, xerr=r, **style)
    else:
        axes.errorbar(a, v, yerr=r, **style)
