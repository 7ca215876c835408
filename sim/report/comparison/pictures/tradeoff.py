"""Share against profit, and profit with bad luck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.report.comparison.findings import PROFIT, SHARE, WORST, Findings
from sim.report.comparison.pictures.look import LONGEST, labels, strategy_colours
from sim.report.figures.axis import number_axis, percent_axis
from sim.report.style import INK, MUTED, nothing, page, styled, told_apart

TITLE = "Share against profit, and bad luck"
CAPTION = (
    "Up is more market share, right is more profit. Filled points with a ring are efficient: no other strategy has "
    "more of one and no less of the other. Right: mean profit, and the mean of the worst twentieth of the replications."
)


@styled
def figure(findings: Findings) -> Figure:
    """Return the scatter of means and the panel of risk."""
    table = findings.tradeoff.dropna(subset=[SHARE, PROFIT])
    if table.empty:
        return nothing(TITLE, "No strategy has both a market share and a profit.")
    currency, n = findings.comparison.scenario.currency, findings.comparison.replications
    note = _note(float(table["n_tail"].max()))
    fig = page(TITLE, f"Means of {n} replications", height=max(4.2, 2.4 + 0.36 * len(table)), note=note)
    left, right = fig.subplots(1, 2, width_ratios=[1.25, 1.0])
    _scatter(left, findings, table)
    left.set_xlabel(f"Profit [{currency}]")
    left.set_ylabel("Market share (units)")
    _risk(right, findings, table)
    right.set_xlabel(f"Profit [{currency}]")
    return fig


def _note(n_tail: float) -> str:
    if n_tail < 1:
        return f"Fewer than {round(1 / WORST)} replications: the worst twentieth is the single worst replication."
    return f"The worst twentieth rests on {n_tail:g} replications."


def _scatter(axes: Axes, findings: Findings, table: pd.DataFrame) -> None:
    colours = strategy_colours(findings)
    for _, row in table[::-1].iterrows():
        colour, efficient = colours[str(row["strategy"])], bool(row["efficient"])
        size, alpha, edge = (110, 1.0, INK) if efficient else (60, 0.55, "white")
        axes.scatter(row[PROFIT], row[SHARE], s=size, color=colour, alpha=alpha, edgecolors=edge, linewidths=1.4,
                     zorder=5 if efficient else 4)  # fmt: skip
    front = table[table["efficient"].astype(bool)].sort_values(PROFIT)
    axes.plot(front[PROFIT], front[SHARE], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)), zorder=2)
    axes.margins(0.16, 0.18)
    axes.grid(True, axis="both")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    number_axis(axes.xaxis)
    percent_axis(axes)
    _names(axes, table)
    axes.set_title("Efficient strategies are ringed")


def _names(axes: Axes, table: pd.DataFrame) -> None:
    """Write each point's names once; strategies on one spot share a label.

    On the right they stand left and below, where the line of efficient strategies does not pass.
    """
    middle = float(table[PROFIT].min() + table[PROFIT].max()) / 2
    shown = told_apart(map(str, table["strategy"]), LONGEST)
    for _, rows in table.groupby([PROFIT, SHARE], sort=False):
        x, y = float(rows[PROFIT].iloc[0]), float(rows[SHARE].iloc[0])
        way, names = 1 if x <= middle else -1, _joined([shown[str(s)] for s in rows["strategy"]])
        axes.annotate(
            names, (x, y), xytext=(9 * way, 5 * way), fontsize=9, color=INK,
            textcoords="offset points", ha="left" if way > 0 else "right", va="bottom" if way > 0 else "top", zorder=7,
        )  # fmt: skip


def _joined(names: Sequence[str]) -> str:
    return " = ".join(names[:3]) + (f" = {len(names) - 3} more" if len(names) > 3 else "")


def _risk(axes: Axes, findings: Findings, table: pd.DataFrame) -> None:
    colours, places = strategy_colours(findings), np.arange(len(table))[::-1]
    for y, (_, row) in zip(places.tolist(), table.iterrows(), strict=True):
        colour = colours[str(row["strategy"])]
        axes.plot([row["worst_mean"], row[PROFIT]], [y, y], color=colour, linewidth=2.0, alpha=0.5, zorder=3)
        axes.plot([row[PROFIT]], [y], marker="o", markersize=8, color=colour, zorder=5)
        axes.plot([row["worst_mean"]], [y], marker="v", markersize=8, color=colour, zorder=5)
    axes.set_yticks(places, list(labels(map(str, table["strategy"])).values()))
    axes.set_ylim(-0.6, len(table) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    number_axis(axes.xaxis)
    axes.set_title("● mean   ▼ mean of the worst twentieth")
