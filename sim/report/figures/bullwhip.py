"""The bullwhip: how orders swing more and more on the way from the consumer to the factory."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.ledger.result import RunResult
from sim.metrics.cut import Reader, cuts
from sim.metrics.kpi import own
from sim.metrics.stock import MIN_WEEKS, weekly_totals
from sim.metrics.table import kpi_table
from sim.metrics.weeks import band
from sim.report.drawing import bars, draw_band, from_top, rows, time_axis
from sim.report.result import subtitle
from sim.report.style import FAINT, MUTED, SERIES, nothing, page, styled
from sim.report.words import number

TITLE = "The bullwhip: how orders swing upstream"
CAPTION = (
    "Left, weekly quantities at each stage against their own mean. Right, the variance of weekly quantities "
    "divided by that of the stage before: above 1 (dashed) a stage swings more than what it answers to."
)
STAGES = {
    "consumers buy": (own("market", "sell_out_units"), SERIES[4]),
    "outlets order": (own("distributor", "ordered_by_outlets"), SERIES[1]),
    "distributors order": (own("distributor", "ordered_units"), SERIES[0]),
    "factory makes": (own("factory", "made_units"), SERIES[3]),
}
RATIOS = {
    "bullwhip_outlet": ("outlets,\nagainst consumers", SERIES[1]),
    "bullwhip_distributor": ("distributors,\nagainst outlets", SERIES[0]),
    "bullwhip_factory": ("factory,\nagainst distributors", SERIES[3]),
    "bullwhip_chain": ("distributors,\nagainst consumers", FAINT),
}


def weekly(result: RunResult) -> dict[str, pd.DataFrame]:
    """Return stage → units of our goods in each full week, shape (n_weeks, n_replications), by the week's first day."""
    found, each = {}, cuts(Reader(result))
    for stage, (measure, _) in STAGES.items():
        totals = {cut.replication: weekly_totals(measure, cut) for cut in each}
        n_weeks = max(map(len, totals.values()), default=0)
        by = pd.DataFrame({r: own if len(own) else np.zeros(n_weeks) for r, own in totals.items()})
        if n_weeks >= MIN_WEEKS and float(by.to_numpy().sum()) > 0:
            found[stage] = by.set_index(7 * by.index)
    return found


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of weekly swings by stage and the ratios of their variances."""
    series = weekly(result)
    if "consumers buy" not in series or len(series) < 2:
        return nothing(TITLE, f"It takes at least {MIN_WEEKS} full weeks with sales and orders of our goods.")
    fig = page(TITLE, subtitle(result, "our goods, by week"), height=5.2)
    grid = fig.add_gridspec(len(series), 2, width_ratios=[1.7, 1.0])
    bands = {stage: band(by / by.mean().where(by.mean() > 0)) for stage, by in series.items()}
    top = max(float(np.nanmax([*b.mean, *np.nan_to_num(b.high)])) for b in bands.values())
    for i, (stage, b) in enumerate(bands.items()):
        axes = fig.add_subplot(grid[i, 0])
        draw_band(axes, result.scenario.calendar.start_date, b, STAGES[stage][1])
        axes.axhline(1.0, color=MUTED, linewidth=0.8, zorder=1)
        axes.set_title(f"{stage}, each week against its mean (1 = mean)", fontsize=9)
        axes.margins(x=0.01)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
        axes.set_ylim(0, max(top, 1.0) * 1.05)
        time_axis(axes)
        axes.tick_params(labelbottom=i == len(bands) - 1)
    _ratios(fig.add_subplot(grid[:, 1]), result)
    return fig


def _ratios(axes: Axes, result: RunResult) -> None:
    table = kpi_table(result, names=list(RATIOS)).set_index("kpi")
    at = from_top(len(RATIOS))
    means = [float(table["mean"][name]) for name in RATIOS]
    values = [
        (0.0 if math.isnan(mean) else mean, max(float(np.nan_to_num(table["high"][name] - mean)), 0.0))
        for name, mean in zip(RATIOS, means, strict=True)
    ]
    bars(axes, at, values, [colour for _, colour in RATIOS.values()], 0.5)
    widest = max([value + reach for value, reach in values] + [1.0])
    for place, mean, (value, reach) in zip(at, means, values, strict=True):
        text = "no value" if math.isnan(mean) else f"× {number(mean)}"
        axes.text(value + reach + widest * 0.03, place, text, va="center", fontsize=9)
    axes.axvline(1.0, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    axes.set_xlim(0, widest * 1.28)
    axes.set_ylim(-0.6, len(RATIOS) - 0.4)
    rows(axes, at, [label for label, _ in RATIOS.values()])
    axes.grid(False)
    axes.set_title("Ratio of variances")
