"""The bullwhip: how orders swing more and more on the way from the consumer to the factory."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.metrics.table import kpi_table
from sim.report.figures.axis import draw_band, time_axis, whiskers
from sim.report.frames import Result, band, measured, ours, replications, subtitle
from sim.report.style import MUTED, SERIES, nothing, number, page, styled

TITLE = "The bullwhip: how orders swing upstream"
CAPTION = (
    "Left, weekly quantities at each stage against their own mean. Right, the variance of weekly quantities "
    "divided by that of the stage before: above 1 (dashed) a stage swings more than what it answers to."
)
LEAST_WEEKS = 4
STAGES = {
    "consumers buy": ("market", "sell_out_units", SERIES[4]),
    "outlets order": ("distributor", "ordered_by_outlets", SERIES[1]),
    "distributors order": ("distributor", "ordered_units", SERIES[0]),
    "factory makes": ("factory", "made_units", SERIES[3]),
}
RATIOS = {
    "bullwhip_outlet": ("outlets,\nagainst consumers", SERIES[1]),
    "bullwhip_distributor": ("distributors,\nagainst outlets", SERIES[0]),
    "bullwhip_factory": ("factory,\nagainst distributors", SERIES[3]),
    "bullwhip_chain": ("distributors,\nagainst consumers", "#C9CDD3"),
}


def weekly(result: Result) -> dict[str, pd.DataFrame]:
    """Return stage → units of our goods in each full week, shape (n_weeks, n_replications)."""
    found = {}
    for stage, (name, column, _) in STAGES.items():
        rows = measured(result, name, ["company", column])
        rows = rows[rows["company"] == ours(result)]
        if not len(rows):
            continue
        last = int(rows["day"].max())
        rows = rows[rows["day"] < (last + 1) // 7 * 7]
        by = rows.assign(day=rows["day"] // 7 * 7).pivot_table(
            index="day", columns="replication", values=column, aggfunc="sum"
        )
        if len(by) >= LEAST_WEEKS and float(np.nansum(by.to_numpy())) > 0:
            found[stage] = by.reindex(columns=replications(result)).fillna(0.0)
    return found


@styled
def figure(result: Result) -> Figure:
    """Return the picture of weekly swings by stage and the ratios of their variances."""
    series = weekly(result)
    if "consumers buy" not in series or len(series) < 2:
        return nothing(TITLE, f"It takes at least {LEAST_WEEKS} full weeks with sales and orders of our goods.")
    fig = page(TITLE, subtitle(result, "our goods, by week"), height=5.2)
    grid = fig.add_gridspec(len(series), 2, width_ratios=[1.7, 1.0])
    relative = {stage: by / by.mean().where(by.mean() > 0) for stage, by in series.items()}
    bands = {stage: band(by) for stage, by in relative.items()}
    top = max(float(np.nanmax([*b.mean, *np.nan_to_num(b.high)])) for b in bands.values())
    for i, (stage, b) in enumerate(bands.items()):
        axes = fig.add_subplot(grid[i, 0])
        draw_band(axes, result, b, STAGES[stage][2])
        axes.axhline(1.0, color=MUTED, linewidth=0.8, zorder=1)
        axes.set_title(f"{stage}, each week against its mean (1 = mean)", fontsize=9)
        axes.margins(x=0.01)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
        axes.set_ylim(0, max(top, 1.0) * 1.05)
        time_axis(axes)
        axes.tick_params(labelbottom=i == len(bands) - 1)
    _ratios(fig.add_subplot(grid[:, 1]), result)
    return fig


def _ratios(axes: Axes, result: Result) -> None:
    table = kpi_table(result, names=list(RATIOS)).set_index("kpi")
    at = [float(i) for i in range(len(RATIOS))][::-1]
    means = [float(table["mean"][name]) for name in RATIOS]
    reach = [max(float(np.nan_to_num(table["high"][name] - table["mean"][name])), 0.0) for name in RATIOS]
    values = [0.0 if math.isnan(m) else m for m in means]
    axes.barh(at, values, color=[colour for _, colour in RATIOS.values()], height=0.5)
    whiskers(axes, at, values, reach, across=True)
    widest = max([m + r for m, r in zip(values, reach, strict=True)] + [1.0])
    for place, mean, value, r in zip(at, means, values, reach, strict=True):
        text = "no value" if math.isnan(mean) else f"× {number(mean)}"
        axes.text(value + r + widest * 0.03, place, text, va="center", fontsize=9)
    axes.axvline(1.0, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    axes.set_xlim(0, widest * 1.28)
    axes.set_ylim(-0.6, len(RATIOS) - 0.4)
    axes.set_yticks(at, [label for label, _ in RATIOS.values()])
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.set_title("Ratio of variances")
