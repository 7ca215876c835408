"""Market share over time: the whole market by brand, and each territory."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ledger.result import RunResult
from sim.metrics.weeks import Band, brand_shares
from sim.report.drawing import draw_band, end_labels, fit_to_means, percent_axis, time_axis
from sim.report.result import Brands, brands_of, every, measured, subtitle, territory_names
from sim.report.style import nothing, page, styled
from sim.report.words import percent, short

TITLE = "Market share over time"
CAPTION = (
    "Share of the units that consumers bought. Our brand is drawn strong, rivals muted; below, the same for each "
    "territory, the largest first."
)
MOST_TERRITORIES = 24
MOST_RIVALS = 6


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of shares: one wide panel of the market and small multiples by territory."""
    sold = measured(result, "market", ["territory", "brand", "company", "sell_out_units"])
    if not len(sold) or not sold["sell_out_units"].sum():
        return nothing(TITLE, "No unit was sold to consumers in the measured span, so there are no shares.")
    names, brands = territory_names(result), brands_of(result)
    size = sold.groupby("territory", observed=True)["sell_out_units"].sum().sort_values(ascending=False, kind="stable")
    shown = [str(t) for t in size.index[:MOST_TERRITORIES]] if len(size) > 1 else []
    columns = max(len(shown), 1) if len(shown) <= 4 else 3 if len(shown) <= 6 else 4
    n_rows = -(-len(shown) // columns)
    hidden = len(size) - len(shown) if shown else 0
    note = f"{hidden} smaller territories are not drawn; their shares are in the tables." if hidden else ""
    what = subtitle(result, f"share of units sold to consumers, by {every(result)}")
    fig = page(TITLE, what, height=4.6 + 1.75 * n_rows, note=note)
    grid = fig.add_gridspec(1 + n_rows, columns, height_ratios=[2.1] + [1.0] * n_rows)
    top = fig.add_subplot(grid[0, :])
    market = brand_shares(result, sold, _drawn(brands))
    _panel(top, result, market, brands)
    fit_to_means(top, market.values(), ceiling=1.0)
    top.set_title("The whole market")
    small: list[Axes] = []
    parts: list[Band] = []
    for i, territory in enumerate(shown):
        axes = fig.add_subplot(grid[1 + i // columns, i % columns], sharey=small[0] if small else None)
        part = brand_shares(result, sold[sold["territory"] == territory], _drawn(brands))
        _panel(axes, result, part, brands, few=True)
        axes.set_title(short(names.get(territory, territory), 26), fontsize=9.5)
        small.append(axes)
        parts += part.values()
    for i, axes in enumerate(small):
        fit_to_means(axes, parts, ceiling=1.0)
        if i % columns:
            axes.tick_params(labelleft=False)
    ends = [(b.last, f"{brands.labels[name]}  {percent(b.last)}", brands.colours[name]) for name, b in market.items()]
    end_labels(top, ends)
    return fig


def _drawn(brands: Brands) -> list[str]:
    """Return the brands that are drawn, ours last and so on top."""
    rivals = [b for b in brands.labels if b not in brands.ours]
    return rivals[:MOST_RIVALS][::-1] + list(brands.ours[::-1])


def _panel(axes: Axes, result: RunResult, bands: dict[str, Band], brands: Brands, *, few: bool = False) -> None:
    for brand, b in bands.items():
        width, order = (2.4, 5) if brand in brands.ours else (1.5, 3)
        draw_band(axes, result.scenario.calendar.start_date, b, brands.colours[brand], width=width, zorder=order)
    axes.margins(x=0.01)
    percent_axis(axes)
    time_axis(axes, few=few)
