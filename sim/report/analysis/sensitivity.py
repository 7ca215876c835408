"""Which dimensions matter: Sobol's shares as bars, Morris's effects as a map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.figures.axis import number_axis, spread
from sim.report.style import GRID, MUTED, OURS, SERIES, display_width, nothing, page, percent, short, styled, two_lines

MOST: Final = 14
BAR_INCHES = 0.42
A_NAME: Final = 60
"""Latin letters of an outcome's name that fit into the line under the heading."""
SHARES_CAPTION = (
    "The dark bar is the share of the variance that a dimension makes alone, the pale one alone and together with "
    "others; what is pale only comes from interaction. Lines are 95 % intervals. A dimension without a pale bar can be "
    "left where it is."
)
MORRIS_CAPTION = (
    "To the right: the outcome moves more when the dimension goes through its whole range. Above the line: the effect "
    "depends on where the others are, or bends. At the left lower corner: it does not matter. Lines are 95 % intervals."
)


@styled
def shares_figure(table: pd.DataFrame, *, title: str, labels: Mapping[str, str] | None = None) -> Figure:
    """Return bars of first and total order, a panel for each outcome, the largest total first.

    Parameters
    ----------
    table : what `sobol` returns.
    labels : dimension or outcome → words; the name itself when absent.
    """
    words = labels or {}
    totals = table[(table["order"] == "total") & table["index"].notna()]
    outcomes = list(dict.fromkeys(totals["outcome"]))
    if not outcomes:
        return nothing(title, "No outcome varies over these points.")
    shown = min(int(totals.groupby("outcome").size().max()), MOST)
    height = 2.0 + BAR_INCHES * shown
    figure = page(title, "Share of the outcome's variance (Sobol); 95 % intervals", height=max(height, 3.0))
    for i, outcome in enumerate(outcomes):
        axes = figure.add_subplot(1, len(outcomes), i + 1)
        _bars(axes, table[table["outcome"] == outcome], words)
        axes.set_title(two_lines(words.get(outcome, outcome), 40))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    return figure


def _bars(axes: Axes, table: pd.DataFrame, words: Mapping[str, str]) -> None:
    order = table[table["order"] == "total"].sort_values("index", ascending=False, kind="stable")["dimension"][:MOST]
    places = np.arange(len(order))[::-1].astype(np.float64)
    kinds = (("total", SERIES[2], 0.62, "alone and with others"), ("first", SERIES[0], 0.30, "alone"))
    for kind, colour, height, label in kinds:
        rows = table[table["order"] == kind].set_index("dimension").loc[order]
        value = np.clip(rows["index"].to_numpy(), 0.0, None)
        axes.barh(places, value, height=height, color=colour, label=label, zorder=3)
        at = places + (0.2 if kind == "total" else 0.0)
        low, high = (rows[c].clip(lower=0.0).to_numpy() for c in ("low", "high"))
        axes.errorbar(value, at, xerr=[np.maximum(value - low, 0), np.maximum(high - value, 0)], fmt="none",
                      ecolor="#22252B", elinewidth=1.0, capsize=2.5, zorder=6)  # fmt: skip
    axes.set_yticks(places, [two_lines(words.get(d, d), 30) for d in order])
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: percent(v, 0)))


@styled
def morris_figure(
    table: pd.DataFrame, outcome: str, *, title: str, unit: str = "", labels: Mapping[str, str] | None = None
) -> Figure:
    """Return the map of mean absolute effect and spread of one outcome.

    Parameters
    ----------
    table : what `morris` returns.
    unit : of the outcome.
    """
    words = labels or {}
    rows = table[table["outcome"] == outcome].sort_values("mu_star", ascending=False, kind="stable")
    if rows.empty or not float(rows["mu_star"].max()):
        return nothing(title, "No dimension moves this outcome.")
    suffix = f" [{unit}]" if unit else ""
    name = words.get(outcome, outcome)
    gap = " " if display_width(name) <= A_NAME else "\n"
    subtitle = f"Elementary effects (Morris), through the whole range of each dimension,{gap}on {name}"
    figure = page(title, subtitle, height=5.4)
    axes = figure.add_subplot()
    x, y = rows["mu_star"].to_numpy(), rows["sigma"].to_numpy()
    axes.errorbar(x, y, xerr=[x - rows["low"], rows["high"] - x], fmt="none", ecolor=MUTED, elinewidth=1.0, zorder=3)
    axes.scatter(x, y, s=42, color=OURS, zorder=4)
    right, top = 1.25 * float(rows["high"].max()), 1.15 * max(float(y.max()), 0.2 * float(x.max()))
    axes.plot([0, right], [0, right], color=GRID, linewidth=1.4, zorder=1)
    axes.set_xlim(-0.02 * right, right)
    axes.set_ylim(-0.03 * top, top)
    # names of the many that do nothing would lie on each other; another one's interval may run through a name
    for place, (_, row) in zip(spread(list(y[:MOST]), top / 18, top), rows[:MOST].iterrows(), strict=True):
        axes.annotate(short(words.get(row["dimension"], row["dimension"]), 30), (float(row["high"]), place),
                      xytext=(6, 0), textcoords="offset points", va="center", fontsize=8.5, zorder=5,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip
    axes.set_xlabel(f"Mean absolute effect μ*{suffix}")
    axes.set_ylabel(f"Spread of the effects σ{suffix}")
    axes.grid(True, axis="both")
    number_axis(axes.xaxis)
    number_axis(axes.yaxis)
    return figure
