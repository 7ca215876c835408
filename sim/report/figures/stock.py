"""Stock of our goods in the channel, in days."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.metrics.series import series
from sim.report.figures.axis import draw_band, end_labels, fit_to_means, time_axis
from sim.report.frames import Band, Result, measured, ours, subtitle
from sim.report.style import INK, SERIES, nothing, number, page, styled

TITLE = "Stock of our goods by tier"
CAPTION = (
    "How many days the stock of each tier lasts at what leaves that tier; the whole chain, goods on the road "
    "included, is in days of what consumers buy."
)
WINDOW_DAYS = 28
TIERS = {
    "days_of_stock_chain": ("whole chain", INK),
    "days_of_stock_outlet": ("outlets", SERIES[1]),
    "days_of_stock_distributor": ("distributors", SERIES[0]),
    "days_of_stock_factory": ("factory", SERIES[3]),
}


def days_of_stock(result: Result) -> dict[str, Band]:
    """Return KPI name → days of stock over time, for the tiers of which there are any numbers."""
    found = {}
    for name in TIERS:
        rows = series(result, name, window=WINDOW_DAYS)
        if len(rows) and rows["mean"].notna().any():
            n = int(rows["n_replications"].max())
            day, mean, low, high = (rows[c].to_numpy(dtype=float) for c in ("day", "mean", "low", "high"))
            found[name] = Band(day, mean, low, high, n)
    return found


@styled
def figure(result: Result) -> Figure:
    """Return the picture of days of stock by tier."""
    sold = measured(result, "market", ["company", "sell_out_units"])
    if not len(sold) or not sold.loc[sold["company"] == ours(result), "sell_out_units"].sum():
        return nothing(TITLE, "Nothing of ours was sold to consumers, so stock has no length in days.")
    fig = page(TITLE, subtitle(result, f"days of stock over the last {WINDOW_DAYS} days"), height=5.2)
    axes = fig.add_subplot()
    _lines(axes, result, days_of_stock(result))
    return fig


def _lines(axes: Axes, result: Result, bands: dict[str, Band]) -> None:
    ends = []
    for name, b in bands.items():
        label, colour = TIERS[name]
        draw_band(axes, result, b, colour, strong=label == "whole chain")
        ends.append((b, f"{label}  {number(float(b.mean[np.isfinite(b.mean)][-1]))} days", colour))
    fit_to_means(axes, bands.values())
    axes.margins(x=0.01)
    axes.set_ylabel("days of stock")
    time_axis(axes)
    end_labels(axes, result, ends)
