"""Stock-outs: how often our goods are missing from the shelf, what that costs, and whose fault it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ledger.result import RunResult
from sim.metrics.weeks import band, daily_mean, one_value, ratio_band, wide
from sim.report.drawing import bars, draw_band, end_labels, fit_to_means, number_axis, percent_axis, time_axis
from sim.report.result import dates, every, measured, of_ours, ours, subtitle, sums_of
from sim.report.style import BAD, FAINT, INK, MUTED, OURS, RIVALS, SERIES, Look, nothing, page, styled
from sim.report.words import number, percent

TITLE = "Stock-outs and lost sales"
CAPTION = (
    "Above, how often a listed product was on the shelf. Below, our units lost for good, by the cause of the "
    "stock-out; right, their totals and what shoppers did who still bought something."
)
CAUSES = {
    "lost_ordering": ("the shop had not ordered", SERIES[0]),
    "lost_delivery": ("ordered, the truck had not come", SERIES[1]),
    "lost_supply": ("the distributor had none", BAD),
}
KEPT = {
    "substituted_product": "took another product of ours",
    "substituted_brand": "took another brand",
    "moved_store": "went to another store",
    "deferred": "came back later",
}
COUNTS = ["shoppers_first_choice", *CAUSES, *KEPT]


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of availability, lost sales by cause over time, and totals."""
    days = measured(result, "market", ["company", "listed_outlets", "available_outlets", *COUNTS])
    own = of_ours(result, days)
    if not len(own) or not own["shoppers_first_choice"].sum():
        return nothing(TITLE, "No shopper asked for a product of ours in the measured span.")
    fig = page(TITLE, subtitle(result, f"our company, by {every(result)}"), height=6.4)
    grid = fig.add_gridspec(2, 2, width_ratios=[2.2, 1.0], height_ratios=[1.0, 1.35])
    shelf = fig.add_subplot(grid[0, :])
    over_time = fig.add_subplot(grid[1, 0])
    totals = fig.add_subplot(grid[1, 1])
    _causes(over_time, result, own)
    _totals(totals, result, own)
    _availability(shelf, result, days)
    return fig


def _availability(axes: Axes, result: RunResult, days: pd.DataFrame) -> None:
    is_ours = days["company"] == ours(result)
    bands, ends = [], []
    for part, label, colour, width in ((days[~is_ours], "rivals", RIVALS[0], 1.5), (days[is_ours], "ours", OURS, 2.4)):
        if not len(part):
            continue
        b = ratio_band(result, part, "available_outlets", "listed_outlets")
        draw_band(axes, result.scenario.calendar.start_date, b, colour, width=width)
        mean = part["available_outlets"].sum() / max(part["listed_outlets"].sum(), 1)
        bands.append(b)
        ends.append((b.last, f"{label}  {percent(mean)} on average", colour))
    axes.set_title("On-shelf availability: outlets with stock, of those that list the product")
    fit_to_means(axes, bands, from_zero=False, ceiling=1.0)
    axes.set_ylim(min(0.9, axes.get_ylim()[0]), 1.0)
    axes.margins(x=0.01)
    percent_axis(axes)
    time_axis(axes)
    end_labels(axes, ends)


def _causes(axes: Axes, result: RunResult, own: pd.DataFrame) -> None:
    binned = daily_mean(result, own, list(CAUSES))
    total = band(wide(binned.assign(total=binned[list(CAUSES)].sum(axis=1)), "total"))
    x: Any = dates(result.scenario.calendar.start_date, total.x)
    base: Any = 0
    for cause, (label, colour) in CAUSES.items():
        top = base + wide(binned, cause).mean(axis=1).to_numpy()
        axes.fill_between(x, base, top, color=colour, linewidth=0, label=label, alpha=0.9)
        base = top
    if total.n > 1:
        look: Look = {"fmt": "none", "ecolor": INK, "elinewidth": 1, "capsize": 2}
        axes.errorbar(x, total.mean, yerr=total.reach, label="95 % interval of the total", **look)
    axes.set_title(f"Units lost for good, a day (mean of each {every(result)})")
    highest = min(float((total.mean + total.reach).max()), 1.8 * float(total.mean.max()))
    axes.set_ylim(0, max(highest, 0.1) * 1.05)
    axes.margins(x=0.01)
    axes.set_ylabel("units a day")
    number_axis(axes.yaxis)
    axes.legend(loc="upper left", bbox_to_anchor=(-0.01, -0.13), ncols=2, handlelength=1.2, columnspacing=1.2)
    time_axis(axes)


def _totals(axes: Axes, result: RunResult, own: pd.DataFrame) -> None:
    sums = sums_of(result, own, COUNTS)
    shares = sums.div(sums["shoppers_first_choice"].where(sums["shoppers_first_choice"] > 0), axis=0)
    kinds = [(c, f"lost: {label}", colour) for c, (label, colour) in CAUSES.items()]
    kinds = [*kinds, *((c, label, FAINT) for c, label in KEPT.items())][::-1]
    values = [one_value(shares[c]) for c, *_ in kinds]
    bars(axes, range(len(kinds)), values, [colour for *_, colour in kinds], 0.46)
    widest = max([v + r for v, r in values] + [1e-9])
    for i, ((column, label, _), (value, reach)) in enumerate(zip(kinds, values, strict=True)):
        axes.text(0, i + 0.26, label, va="bottom", ha="left", fontsize=7.8, color=MUTED)
        text = f"{percent(value)}  ({number(float(sums[column].mean()))})"
        axes.text(value + reach + widest * 0.03, i, text, va="center", fontsize=8)
    axes.set_xlim(0, widest * 1.6)
    axes.set_ylim(-0.5, len(kinds) - 0.1)
    axes.set_title("Whole span, as a share of what was asked for (units)")
    axes.grid(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
