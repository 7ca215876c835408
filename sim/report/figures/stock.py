"""Stock of our goods in the channel, in days."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.ledger.result import RunResult
from sim.metrics.series import series
from sim.metrics.weeks import Band, band_of
from sim.report.drawing import draw_band, end_labels, fit_to_means, time_axis
from sim.report.result import measured, of_ours, subtitle
from sim.report.style import INK, SERIES, nothing, page, styled
from sim.report.words import number

TITLE = "Stock of our goods by tier"
CAPTION = (
    "How many days the stock of each tier lasts at what leaves that tier; the whole chain, goods on the road "
    "included, is in days of what consumers buy."
)
WINDOW_DAYS = 28
TIERS = {
    "days_of_stock_chain": ("whole chain", INK, 2.4),
    "days_of_stock_outlet": ("outlets", SERIES[1], 1.5),
    "days_of_stock_distributor": ("distributors", SERIES[0], 1.5),
    "days_of_stock_factory": ("factory", SERIES[3], 1.5),
}


def days_of_stock(result: RunResult) -> dict[str, Band]:
    """Return KPI name → days of stock over time, for the tiers of which there are any numbers."""
    found = {name: band_of(series(result, name, window=WINDOW_DAYS)) for name in TIERS}
    return {name: b for name, b in found.items() if b.last == b.last}


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of days of stock by tier."""
    if not of_ours(result, measured(result, "market", ["company", "sell_out_units"]))["sell_out_units"].sum():
        return nothing(TITLE, "Nothing of ours was sold to consumers, so stock has no length in days.")
    fig = page(TITLE, subtitle(result, f"days of stock over the last {WINDOW_DAYS} days"), height=5.2)
    axes = fig.add_subplot()
    found, ends = days_of_stock(result), []
    for name, b in found.items():
        label, colour, width = TIERS[name]
        draw_band(axes, result.scenario.calendar.start_date, b, colour, width=width)
        ends.append((b.last, f"{label}  {number(b.last)} days", colour))
    fit_to_means(axes, found.values())
    axes.margins(x=0.01)
    axes.set_ylabel("days of stock")
    time_axis(axes)
    end_labels(axes, ends)
    return fig
