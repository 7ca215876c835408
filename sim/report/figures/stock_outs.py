"""Stock-outs: how often our goods are missing from the shelf, what that costs, and whose fault it is."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.axis import (
    draw_band,
    end_labels,
    every,
    fit_to_means,
    number_axis,
    percent_axis,
    time_axis,
    whiskers,
)
from sim.report.frames import (
    Result,
    band,
    by_bin,
    daily_mean,
    dates,
    measured,
    one_value,
    ours,
    ratio_band,
    replications,
    subtitle,
    wide,
)
from sim.report.style import BAD, INK, MUTED, OURS, RIVALS, SERIES, nothing, number, page, percent, styled

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
def figure(result: Result) -> Figure:
    """Return the picture of availability, lost sales by cause over time, and totals."""
    rows = measured(result, "market", ["company", "listed_outlets", "available_outlets", *COUNTS])
    own = rows[rows["company"] == ours(result)]
    if not len(own) or not own["shoppers_first_choice"].sum():
        return nothing(TITLE, "No shopper asked for a product of ours in the measured span.")
    fig = page(TITLE, subtitle(result, f"our company, by {every(result)}"), height=6.4)
    grid = fig.add_gridspec(2, 2, width_ratios=[2.2, 1.0], height_ratios=[1.0, 1.35])
    shelf = fig.add_subplot(grid[0, :])
    over_time = fig.add_subplot(grid[1, 0])
    totals = fig.add_subplot(grid[1, 1])
    _causes(over_time, result, own)
    _totals(totals, result, own)
    _availability(shelf, result, rows)
    return fig


def _availability(axes: Axes, result: Result, rows: pd.DataFrame) -> None:
    company = rows["company"] == ours(result)
    ends = []
    for part, label, colour in ((rows[~company], "rivals", RIVALS[0]), (rows[company], "ours", OURS)):
        if not len(part):
            continue
        b = ratio_band(
            by_bin(result, part, ["available_outlets", "listed_outlets"]), "available_outlets", "listed_outlets"
        )
        draw_band(axes, result, b, colour, strong=label == "ours")
        mean = part["available_outlets"].sum() / max(part["listed_outlets"].sum(), 1)
        ends.append((b, f"{label}  {percent(mean)} on average", colour))
    axes.set_title("On-shelf availability: outlets with stock, of those that list the product")
    fit_to_means(axes, [b for b, _, _ in ends], from_zero=False, ceiling=1.0)
    axes.set_ylim(min(0.9, axes.get_ylim()[0]), 1.0)
    axes.margins(x=0.01)
    percent_axis(axes)
    time_axis(axes)
    end_labels(axes, result, ends)


def _causes(axes: Axes, result: Result, own: pd.DataFrame) -> None:
    binned = daily_mean(result, own, list(CAUSES))
    base = None
    x = dates(result, wide(binned, next(iter(CAUSES))).index.to_numpy(dtype=float))
    for cause, (label, colour) in CAUSES.items():
        mean = wide(binned, cause).mean(axis=1).to_numpy()
        top = mean if base is None else base + mean
        axes.fill_between(x, 0 if base is None else base, top, color=colour, linewidth=0, label=label, alpha=0.9)
        base = top
    total = band(wide(binned.assign(total=binned[list(CAUSES)].sum(axis=1)), "total"))
    if total.n > 1:
        axes.errorbar(
            x,
            total.mean,
            yerr=total.reach,
            fmt="none",
            ecolor=INK,
            elinewidth=1,
            capsize=2,
            label="95 % interval of the total",
        )
    axes.set_title(f"Units lost for good, a day (mean of each {every(result)})")
    highest = min(float((total.mean + total.reach).max()), 1.8 * float(total.mean.max()))
    axes.set_ylim(0, max(highest, 0.1) * 1.05)
    axes.margins(x=0.01)
    axes.set_ylabel("units a day")
    number_axis(axes.yaxis)
    axes.legend(loc="upper left", bbox_to_anchor=(-0.01, -0.13), ncols=2, handlelength=1.2, columnspacing=1.2)
    time_axis(axes)


def _totals(axes: Axes, result: Result, own: pd.DataFrame) -> None:
    sums = own.groupby("replication")[COUNTS].sum().reindex(replications(result)).fillna(0)
    shares = sums.div(sums["shoppers_first_choice"].where(sums["shoppers_first_choice"] > 0), axis=0)
    rows = [(f"lost: {label}", c, colour) for c, (label, colour) in CAUSES.items()]
    rows += [(label, c, "#C9CDD3") for c, label in KEPT.items()]
    rows = rows[::-1]
    values = [one_value(shares[c].tolist()) for _, c, _ in rows]
    at = [float(i) for i in range(len(rows))]
    axes.barh(at, [v for v, _ in values], color=[c for *_, c in rows], height=0.46)
    whiskers(axes, at, [v for v, _ in values], [r for _, r in values], across=True)
    widest = max([v + r for v, r in values] + [1e-9])
    for i, ((label, column, _), (value, reach)) in enumerate(zip(rows, values, strict=True)):
        axes.text(0, i + 0.26, label, va="bottom", ha="left", fontsize=7.8, color=MUTED)
        text = f"{percent(value)}  ({number(float(sums[column].mean()))})"
        axes.text(value + reach + widest * 0.03, i, text, va="center", fontsize=8)
    axes.set_xlim(0, widest * 1.6)
    axes.set_ylim(-0.5, len(rows) - 0.1)
    axes.set_title("Whole span, as a share of what was asked for (units)")
    axes.grid(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
