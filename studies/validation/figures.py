"""What the figures of the validation page share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

Array = NDArray[Any]
GREY = "#6B7280"


def mean_error(rows: Sequence[Sequence[float]]) -> tuple[Array, Array]:
    """Return mean and standard error over replications, column by column; lost values are left out."""
    table = np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)
    n = np.maximum(np.isfinite(table).sum(axis=0), 1)
    error = np.nanstd(table, axis=0, ddof=1) / np.sqrt(n) if table.shape[0] > 1 else np.zeros(table.shape[1])
    return np.nanmean(table, axis=0), error


def band(ax: Axes, x: Array, mean: Array, error: Array, colour: str, text: str) -> None:
    """Draw a line with a band of one standard error on each side."""
    ax.fill_between(x, mean - error, mean + error, color=colour, alpha=0.18, linewidth=0)
    ax.plot(x, mean, color=colour, label=text)


def label(ax: Axes, title: str, x: str, y: str) -> None:
    """Set title and axis labels."""
    if title:
        ax.set_title(title)
    ax.set_xlabel(x)
    ax.set_ylabel(y)


def plain_logs(ax: Axes, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> None:
    """Use logarithmic axes with plain numbers at the ticks."""
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis, ticks in ((ax.xaxis, x_ticks), (ax.yaxis, y_ticks)):
        axis.set_major_locator(FixedLocator(list(ticks)))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
