"""Market share over time: the whole market by brand, and each territory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.axis import draw_band, end_labels, every, fit_to_means, percent_axis, time_axis
from sim.report.frames import Band, Result, band, by_bin, measured, subtitle, wide
from sim.report.names import Look, look, territory_names
from sim.report.style import nothing, page, percent, short, styled

TITLE = "Market share over time"
CAPTION = (
    "Share of the units that consumers bought. Our brand is drawn strong, rivals muted; below, the same for each "
    "territory, the largest first."
)
MOST_TERRITORIES = 24
MOST_RIVALS = 6


def share_bands(result: Result, sold: pd.DataFrame, brands: Sequence[str]) -> dict[str, Band]:
    """Return brand → share of the units sold in each bin.

    Parameters
    ----------
    sold : rows of the `market` table, any territories.
    brands : brands wanted.
    """
    binned = by_bin(result, sold, ["sell_out_units"], ["brand"])
    total = wide(binned, "sell_out_units")
    total = total.where(total > 0)
    found = {}
    for brand in brands:
        part = wide(binned[binned["brand"] == brand], "sell_out_units").reindex(total.index).fillna(0.0)
        found[brand] = band(part.reindex(columns=total.columns).fillna(0.0) / total)
    return found


@styled
def figure(result: Result) -> Figure:
    """Return the picture of shares: one wide panel of the market and small multiples by territory."""
    sold = measured(result, "market", ["territory", "brand", "company", "sell_out_units"])
    if not len(sold) or not sold["sell_out_units"].sum():
        return nothing(TITLE, "No unit was sold to consumers in the measured span, so there are no shares.")
    names = territory_names(result)
    size = sold.groupby("territory", observed=True)["sell_out_units"].sum().sort_values(ascending=False, kind="stable")
    shown = [str(t) for t in size.index[:MOST_TERRITORIES]] if len(size) > 1 else []
    columns = max(len(shown), 1) if len(shown) <= 4 else 3 if len(shown) <= 6 else 4
    rows = -(-len(shown) // columns)
    hidden = len(size) - len(shown) if shown else 0
    note = f"{hidden} smaller territories are not drawn; their shares are in the tables." if hidden else ""
    what = f"share of units sold to consumers, by {every(result)}"
    fig = page(TITLE, subtitle(result, what), height=4.6 + 1.75 * rows, note=note)
    grid = fig.add_gridspec(1 + rows, columns, height_ratios=[2.1] + [1.0] * rows)
    top = fig.add_subplot(grid[0, :])
    seen = look(result)
    bands = share_bands(result, sold, seen.order)
    _market(top, result, bands, seen)
    small: list[Axes] = []
    parts: list[Band] = []
    for i, territory in enumerate(shown):
        axes = fig.add_subplot(grid[1 + i // columns, i % columns], sharey=small[0] if small else None)
        part = share_bands(result, sold[sold["territory"] == territory], seen.order)
        _territory(axes, result, part, seen, names.get(territory, territory))
        small.append(axes)
        parts += [part[b] for b in _drawn(seen)]
    _share_the_scale(small, columns, parts)
    _label_ends(top, result, bands, seen)
    return fig


def _drawn(seen: Look) -> list[str]:
    return [b for b in seen.order if b not in seen.ours][:MOST_RIVALS][::-1] + list(seen.ours[::-1])


def _market(axes: Axes, result: Result, bands: dict[str, Band], seen: Look) -> None:
    for brand in _drawn(seen):
        draw_band(
            axes,
            result,
            bands[brand],
            seen.colours[brand],
            strong=brand in seen.ours,
            zorder=5 if brand in seen.ours else 3,
        )
    axes.set_title("The whole market")
    fit_to_means(axes, [bands[b] for b in _drawn(seen)], ceiling=1.0)
    axes.margins(x=0.01)
    percent_axis(axes)
    time_axis(axes)


def _label_ends(axes: Axes, result: Result, bands: dict[str, Band], seen: Look) -> None:
    ends = []
    for brand in _drawn(seen):
        last = bands[brand].mean[np.isfinite(bands[brand].mean)]
        if len(last):
            ends.append((bands[brand], f"{seen.labels[brand]}  {percent(float(last[-1]))}", seen.colours[brand]))
    end_labels(axes, result, ends)


def _territory(axes: Axes, result: Result, bands: dict[str, Band], seen: Look, name: str) -> None:
    for brand in _drawn(seen):
        draw_band(
            axes,
            result,
            bands[brand],
            seen.colours[brand],
            strong=brand in seen.ours,
            zorder=5 if brand in seen.ours else 3,
        )
    axes.set_title(short(name, 26), fontsize=9.5)
    axes.margins(x=0.01)
    percent_axis(axes)
    time_axis(axes, few=True)


def _share_the_scale(small: list[Axes], columns: int, bands: list[Band]) -> None:
    for i, axes in enumerate(small):
        fit_to_means(axes, bands, ceiling=1.0)
        if i % columns:
            axes.tick_params(labelleft=False)
