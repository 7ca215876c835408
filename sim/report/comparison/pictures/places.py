"""Where: our sell-out by territory, the best strategy against the baseline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon
from matplotlib.ticker import MaxNLocator

from sim.engine import Session
from sim.report.comparison.findings import Findings
from sim.report.comparison.pictures.look import against, label
from sim.report.comparison.words import recommend, shown
from sim.report.figures.business_map import Box, fit
from sim.report.figures.labels import place_labels
from sim.report.style import INK, MUTED, nothing, page, percent, quiet, short, styled
from sim.statistics.paired import NO_DIFFERENCE, TOO_FEW

TITLE = "Where the gain is"
CAPTION = (
    "How much more (green) or less (brown) we sell to consumers in each territory with the strategy than with the "
    "baseline. A thick edge and black numbers mark differences that are not luck; the others, thin and grey, may be."
)
DIVERGING = LinearSegmentedColormap.from_list("gain", ["#8C2D19", "#E3A48C", "#F5F5F4", "#86BDB9", "#1F615F"])
LEAST_ROWS, MOST_ROWS = 5, 14
LEAST_SCALE = 0.005
"""The colours reach at least to half a percent, so that nearly nothing looks like nearly nothing."""

LEAST_RADIUS = 0.022
"""Least radius of a circle, as a share of the map, so that a small territory far from others still has a colour."""


@styled
def figure(findings: Findings) -> Figure:
    """Return the map and the list of territories."""
    strategy = shown(findings, recommend(findings))
    table = findings.territories
    gains = table[table["strategy"] == strategy].set_index("territory")
    if gains.empty or gains["relative_difference"].isna().all():
        return nothing(TITLE, "No territory has sales to compare.")
    tables = Session(findings.comparison.scenario).observe()
    places = tables["geography"]
    places = places[places["kind"] == "territory"].set_index("id")
    borders = tables.get("territory_border", pd.DataFrame({"territory": [], "x_km": [], "y_km": []}))
    rows = min(len(gains), MOST_ROWS)
    fig = page(TITLE, against(findings, f"Our sell-out with {label(strategy)}"), height=max(5.0, 1.9 + 0.36 * rows))
    grid = fig.add_gridspec(1, 2, width_ratios=[1.35, 1.0])
    chart, bars = fig.add_subplot(grid[0]), fig.add_subplot(grid[1])
    scale = _scale(gains)
    bars.set_title("Territories, the largest gain first")
    _bars(bars, gains, places, scale)
    colourbar = fig.colorbar(ScalarMappable(scale, DIVERGING), ax=chart, orientation="horizontal", shrink=0.8,
                             aspect=46, pad=0.02, ticks=MaxNLocator(5))  # fmt: skip
    colourbar.outline.set_visible(False)
    colourbar.ax.xaxis.set_major_formatter(_tick)
    _map(fig, chart, gains, places, borders, scale)
    return fig


def _scale(gains: pd.DataFrame) -> Normalize:
    values = gains["relative_difference"].to_numpy(dtype=np.float64)
    finite = values[np.isfinite(values)]
    reach = max(float(np.abs(finite).max()) if len(finite) else 0.0, LEAST_SCALE)
    return Normalize(-reach, reach)


def _map(
    fig: Figure, axes: Axes, gains: pd.DataFrame, places: pd.DataFrame, borders: pd.DataFrame, scale: Normalize
) -> None:
    quiet(axes)
    labels: list[tuple[float, float, float, str]] = []
    corners: list[list[float]] = []
    extent = float(np.ptp(places[["x_km", "y_km"]].to_numpy(dtype=np.float64), axis=0).max())
    for territory, place in places.iterrows():
        value, sure = _gain(gains, str(territory))
        style: dict[str, Any] = {
            "facecolor": DIVERGING(scale(value)) if np.isfinite(value) else "white",
            "edgecolor": INK if sure else "#A6ACB5", "linewidth": 2.0 if sure else 0.9, "zorder": 3 if sure else 2,
        }  # fmt: skip
        border = borders[borders["territory"] == territory][["x_km", "y_km"]].to_numpy(dtype=np.float64)
        x, y, radius = (float(place[c]) for c in ("x_km", "y_km", "radius_km"))
        radius = max(radius, LEAST_RADIUS * extent)
        axes.add_patch(Polygon(border, closed=True, **style) if len(border) else Circle((x, y), radius, **style))
        corners += border.tolist() if len(border) else [[x - radius, y - radius], [x + radius, y + radius]]
        labels.append((x, y, 0.0 if len(border) else radius, f"{_name(places, str(territory), 16)} {_signed(value)}"))
    fig.draw_without_rendering()
    fit(axes, bounds(corners))
    place_labels(axes, labels, np.array([place[:2] for place in labels]))


def bounds(corners: list[list[float]]) -> Box:
    """Return the box of some points with room for names around it."""
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    room = 0.08 * float((high - low).max())
    return float(low[0] - room), float(high[0] + room), float(low[1] - room), float(high[1] + room)


def _bars(axes: Axes, gains: pd.DataFrame, places: pd.DataFrame, scale: Normalize) -> None:
    ordered = gains.sort_values("relative_difference", ascending=False, kind="stable")
    half = MOST_ROWS // 2
    kept = ordered if len(ordered) <= MOST_ROWS else pd.concat([ordered.iloc[:half], ordered.iloc[-half:]])
    rows = max(len(kept), LEAST_ROWS)
    y = rows - 1 - np.arange(len(kept))
    base = kept["baseline_mean"].abs().where(kept["baseline_mean"] != 0)
    value = kept["relative_difference"].to_numpy(dtype=np.float64)
    low, high = ((kept[c] / base).to_numpy(dtype=np.float64) for c in ("low", "high"))
    axes.barh(y, np.nan_to_num(value), height=0.6, color=[DIVERGING(scale(v)) for v in np.nan_to_num(value)],
              edgecolor=MUTED, linewidth=0.6, zorder=3)  # fmt: skip
    drawn = np.isfinite(low) & np.isfinite(high)
    axes.hlines(y[drawn], low[drawn], high[drawn], color=INK, linewidth=1.2, zorder=5)
    axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=4)
    axes.set_yticks(y, [f"{_name(places, str(t), 18)}  {_signed(v)}" for t, v in zip(kept.index, value, strict=True)])
    for tick, territory in zip(axes.get_yticklabels(), kept.index, strict=True):
        tick.set_color(INK if _gain(gains, str(territory))[1] else MUTED)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.7, rows - 0.3)
    axes.xaxis.set_major_formatter(_tick)
    axes.locator_params(axis="x", nbins=5)
    axes.grid(False)
    axes.grid(True, axis="x")
    if len(ordered) > MOST_ROWS:
        axes.set_title(f"The {half} best and the {half} last of {len(ordered)} territories")


def _gain(gains: pd.DataFrame, territory: str) -> tuple[float, bool]:
    """Return a territory's relative gain and whether it is more than luck."""
    if territory not in gains.index:
        return float("nan"), False
    row = gains[gains.index == territory].iloc[0]
    return float(row["relative_difference"]), row["verdict"] not in (NO_DIFFERENCE, TOO_FEW)


def _name(places: pd.DataFrame, territory: str, width: int) -> str:
    return short(str(places.loc[territory, "name"]) if territory in places.index else territory, width)


def _tick(share: float, _: float) -> str:
    return f"{100 * share:g} %".replace("-", "−")


def _signed(share: float) -> str:
    """Return a relative gain as text; one that rounds to nothing has no sign."""
    text = percent(share)
    return "0 %" if text in ("0.0 %", "−0.0 %") else f"+{text}" if share > 0 else text
