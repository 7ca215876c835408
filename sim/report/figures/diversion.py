"""Order in the territories: price disorder and goods diverted between them."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.axis import draw_band, end_labels, every, fit_to_means, number_axis, time_axis, whiskers
from sim.report.frames import Result, band, daily_mean, measured, one_value, replications, subtitle, wide
from sim.report.names import territory_names
from sim.report.style import RIVALS, nothing, number, page, short, styled

TITLE = "Price disorder and diverted goods"
CAPTION = (
    "Price disorder in the territories where it is worst (0 is order; at 1 diverted goods equal a week's sales), "
    "and the units that came in from other territories."
)
MOST_LINES = 5


@styled
def figure(result: Result) -> Figure:
    """Return the picture of disorder over time and units diverted into each territory."""
    rows = measured(result, "territory", ["territory", "price_disorder", "diverted_in_units"])
    if not len(rows) or not (rows["price_disorder"].sum() or rows["diverted_in_units"].sum()):
        why = "is switched off" if not result.scenario.mechanisms.diversion else "did not happen"
        return nothing(TITLE, f"Diversion {why}: no goods crossed between territories and prices stayed in order.")
    worst = rows.groupby("territory", observed=True)[["price_disorder", "diverted_in_units"]].sum()
    worst = worst[(worst > 0).any(axis=1)].sort_values(
        ["price_disorder", "diverted_in_units"], ascending=False, kind="stable"
    )
    shown = [str(t) for t in worst.index[:MOST_LINES]]
    rest = worst.shape[0] - len(shown)
    note = f"{rest} more territories with less disorder are not drawn." if rest else ""
    fig = page(TITLE, subtitle(result, f"mean of each {every(result)}"), height=5.0, note=note)
    grid = fig.add_gridspec(1, 2, width_ratios=[1.9, 1.0])
    lines = fig.add_subplot(grid[0, 0])
    _totals(fig.add_subplot(grid[0, 1]), result, rows, shown)
    _lines(lines, result, rows, shown)
    return fig


def _lines(axes: Axes, result: Result, rows: pd.DataFrame, shown: list[str]) -> None:
    names = territory_names(result)
    binned = daily_mean(result, rows, ["price_disorder"], ["territory"])
    ends = []
    for territory, colour in zip(shown, RIVALS, strict=False):
        b = band(wide(binned[binned["territory"] == territory], "price_disorder"))
        draw_band(axes, result, b, colour)
        ends.append((b, short(names.get(territory, territory), 16), colour))
    fit_to_means(axes, [b for b, _, _ in ends])
    axes.margins(x=0.01)
    axes.set_ylabel("price disorder")
    axes.set_title("Price disorder")
    time_axis(axes)
    end_labels(axes, result, ends)


def _totals(axes: Axes, result: Result, rows: pd.DataFrame, shown: list[str]) -> None:
    names = territory_names(result)
    sums = rows.pivot_table(
        index="replication", columns="territory", values="diverted_in_units", aggfunc="sum", fill_value=0
    )
    sums = sums.reindex(replications(result)).fillna(0)
    values = [one_value(sums[t].tolist()) for t in shown]
    at = [float(i) for i in range(len(shown))][::-1]
    axes.barh(at, [v for v, _ in values], color=RIVALS[: len(shown)], height=0.55)
    whiskers(axes, at, [v for v, _ in values], [r for _, r in values], across=True)
    widest = max([v + r for v, r in values] + [1.0])
    for place, (mean, reach) in zip(at, values, strict=True):
        axes.text(mean + reach + widest * 0.03, place, number(mean), va="center", fontsize=8.5)
    axes.set_xlim(0, widest * 1.25)
    axes.set_ylim(-0.6, max(len(shown) - 0.4, 1.4))
    axes.set_yticks(at, [short(names.get(t, t), 16) for t in shown])
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.set_title("Units that came in, whole span")
    number_axis(axes.xaxis)
