"""Order in the territories: price disorder and goods diverted between them."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ledger.result import RunResult
from sim.metrics.weeks import band, daily_mean, one_value, wide
from sim.report.drawing import bars, draw_band, end_labels, fit_to_means, from_top, number_axis, rows, time_axis
from sim.report.result import every, measured, replications, subtitle, territory_names
from sim.report.style import RIVALS, nothing, page, styled
from sim.report.words import number, short

TITLE = "Price disorder and diverted goods"
CAPTION = (
    "Price disorder in the territories where it is worst (0 is order; at 1 diverted goods equal a week's sales), "
    "and the units that came in from other territories."
)
MOST_LINES = 5
COLUMNS = ["price_disorder", "diverted_in_units"]


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of disorder over time and units diverted into each territory."""
    days = measured(result, "territory", ["territory", *COLUMNS])
    if not len(days) or not days[COLUMNS].to_numpy().any():
        why = "is switched off" if not result.scenario.mechanisms.diversion else "did not happen"
        return nothing(TITLE, f"Diversion {why}: no goods crossed between territories and prices stayed in order.")
    worst = days.groupby("territory", observed=True)[COLUMNS].sum()
    worst = worst[(worst > 0).any(axis=1)].sort_values(COLUMNS, ascending=False, kind="stable")
    names = territory_names(result)
    shown = {str(t): short(names.get(str(t), str(t)), 16) for t in worst.index[:MOST_LINES]}
    rest = len(worst) - len(shown)
    note = f"{rest} more territories with less disorder are not drawn." if rest else ""
    fig = page(TITLE, subtitle(result, f"mean of each {every(result)}"), height=5.0, note=note)
    grid = fig.add_gridspec(1, 2, width_ratios=[1.9, 1.0])
    lines = fig.add_subplot(grid[0, 0])
    _totals(fig.add_subplot(grid[0, 1]), result, days, shown)
    _lines(lines, result, days, shown)
    return fig


def _lines(axes: Axes, result: RunResult, days: pd.DataFrame, shown: dict[str, str]) -> None:
    binned = daily_mean(result, days, ["price_disorder"], ["territory"])
    found = {t: band(wide(binned[binned["territory"] == t], "price_disorder")) for t in shown}
    for b, colour in zip(found.values(), RIVALS, strict=False):
        draw_band(axes, result.scenario.calendar.start_date, b, colour)
    fit_to_means(axes, found.values())
    axes.margins(x=0.01)
    axes.set_ylabel("price disorder")
    axes.set_title("Price disorder")
    time_axis(axes)
    end_labels(axes, [(b.last, shown[t], colour) for (t, b), colour in zip(found.items(), RIVALS, strict=False)])


def _totals(axes: Axes, result: RunResult, days: pd.DataFrame, shown: dict[str, str]) -> None:
    each = days.groupby(["replication", "territory"], observed=True)["diverted_in_units"].sum().unstack(fill_value=0)
    sums = each.reindex(replications(result)).fillna(0)
    values, at = [one_value(sums[t]) for t in shown], from_top(len(shown))
    bars(axes, at, values, RIVALS[: len(shown)], 0.55)
    widest = max([v + r for v, r in values] + [1.0])
    for place, (mean, reach) in zip(at, values, strict=True):
        axes.text(mean + reach + widest * 0.03, place, number(mean), va="center", fontsize=8.5)
    axes.set_xlim(0, widest * 1.25)
    axes.set_ylim(-0.6, max(len(shown) - 0.4, 1.4))
    rows(axes, at, shown.values())
    axes.grid(False)
    axes.set_title("Units that came in, whole span")
    number_axis(axes.xaxis)
