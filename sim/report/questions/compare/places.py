"""Where: our sell-out by territory, the best strategy against the baseline."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.engine import Session
from sim.report.drawing import colour_map, points_axis, rows
from sim.report.maps import Box, Territory, fit, place_labels, territories
from sim.report.questions.compare.findings import Findings
from sim.report.questions.compare.words import against, label, recommend, shown
from sim.report.style import INK, MUTED, Heading, Look, nothing, page, quiet, styled
from sim.report.words import change, short
from sim.statistics.paired import NO_DIFFERENCE, TOO_FEW

WHERE: Final = Heading(
    "Where the gain is",
    "How much more (green) or less (brown) we sell to consumers in each territory with the strategy than with the "
    "baseline. A thick edge and black numbers mark differences that are not luck; the others, thin and grey, may be.",
)
DIVERGING = colour_map("gain", "#8C2D19", "#E3A48C", "#F5F5F4", "#86BDB9", "#1F615F")
LEAST_ROWS, MOST_ROWS = 5, 14
LEAST_SCALE = 0.005
"""The colours reach at least to half a percent, so that nearly nothing looks like nearly nothing."""
LEAST_RADIUS = 0.022
"""Least radius of a circle, as a share of the map, so that a small territory far from others still has a colour."""


@styled
def where(findings: Findings) -> Figure:
    """Return the map and the list of territories."""
    strategy = shown(findings, recommend(findings))
    table = findings.territories
    gains = table[table["strategy"] == strategy].set_index("territory")
    if gains.empty or gains["relative_difference"].isna().all():
        return nothing(WHERE.title, "No territory has sales to compare.")
    places = territories(Session(findings.comparison.scenario).observe())
    height = max(5.0, 1.9 + 0.36 * min(len(gains), MOST_ROWS))
    fig = page(WHERE.title, against(findings, f"Our sell-out with {label(strategy)}"), height=height)
    grid = fig.add_gridspec(1, 2, width_ratios=[1.35, 1.0])
    chart, bars = fig.add_subplot(grid[0]), fig.add_subplot(grid[1])
    reach = float(np.nan_to_num(gains["relative_difference"], posinf=0.0, neginf=0.0).__abs__().max())
    scale = Normalize(-max(reach, LEAST_SCALE), max(reach, LEAST_SCALE))
    bars.set_title("Territories, the largest gain first")
    _bars(bars, gains, places, scale)
    look: Look = {"orientation": "horizontal", "shrink": 0.8, "aspect": 46, "pad": 0.02}
    colourbar = fig.colorbar(ScalarMappable(scale, DIVERGING), ax=chart, ticks=MaxNLocator(5), **look)
    colourbar.outline.set_visible(False)
    points_axis(colourbar.ax.xaxis, " %")
    _map(chart, gains, places, scale)
    return fig


def _map(axes: Axes, gains: pd.DataFrame, places: dict[str, Territory], scale: Normalize) -> None:
    quiet(axes)
    extent = float(np.ptp([(place.x, place.y) for place in places.values()], axis=0).max())
    names: list[tuple[float, float, float, str]] = []
    corners = []
    for territory, place in places.items():
        place = place._replace(radius=max(place.radius, LEAST_RADIUS * extent))
        value, sure = _gain(gains, territory)
        face = DIVERGING(scale(value)) if np.isfinite(value) else "white"
        edge = {"edgecolor": INK, "linewidth": 2.0, "zorder": 3} if sure else dict(_MAYBE)
        axes.add_patch(place.shape(facecolor=face, **edge))
        radius = 0.0 if len(place.border) else place.radius
        centre = np.array([place.x, place.y])
        corners += list(place.border) if len(place.border) else [centre - radius, centre + radius]
        names.append((place.x, place.y, radius, f"{short(place.name, 16)} {change(value)}"))
    axes.get_figure(root=True).draw_without_rendering()  # type: ignore[union-attr]
    fit(axes, bounds(np.array(corners)))
    place_labels(axes, names, np.array([name[:2] for name in names]))


_MAYBE: Final = {"edgecolor": "#A6ACB5", "linewidth": 0.9, "zorder": 2}


def bounds(corners: np.ndarray) -> Box:
    """Return the box of some points with room for names around it."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = 0.08 * float((high - low).max())
    return float(low[0] - room), float(high[0] + room), float(low[1] - room), float(high[1] + room)


def _bars(axes: Axes, gains: pd.DataFrame, places: dict[str, Territory], scale: Normalize) -> None:
    ordered = gains.sort_values("relative_difference", ascending=False, kind="stable")
    half = MOST_ROWS // 2
    kept = ordered if len(ordered) <= MOST_ROWS else pd.concat([ordered.iloc[:half], ordered.iloc[-half:]])
    n_rows = max(len(kept), LEAST_ROWS)
    y = n_rows - 1 - np.arange(len(kept))
    base = kept["baseline_mean"].abs().where(kept["baseline_mean"] != 0)
    value = kept["relative_difference"].to_numpy(dtype=np.float64)
    low, high = ((kept[c] / base).to_numpy(dtype=np.float64) for c in ("low", "high"))
    colours = [DIVERGING(scale(v)) for v in np.nan_to_num(value)]
    axes.barh(y, np.nan_to_num(value), height=0.6, color=colours, edgecolor=MUTED, linewidth=0.6, zorder=3)
    drawn = np.isfinite(low) & np.isfinite(high)
    axes.hlines(y[drawn], low[drawn], high[drawn], color=INK, linewidth=1.2, zorder=5)
    axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=4)
    names = [short(places[str(t)].name if str(t) in places else str(t), 18) for t in kept.index]
    rows(axes, y, [f"{name}  {change(v)}" for name, v in zip(names, value, strict=True)])
    for tick, territory in zip(axes.get_yticklabels(), kept.index, strict=True):
        tick.set_color(INK if _gain(gains, str(territory))[1] else MUTED)
    axes.set_ylim(-0.7, n_rows - 0.3)
    points_axis(axes.xaxis, " %")
    axes.locator_params(axis="x", nbins=5)
    if len(ordered) > MOST_ROWS:
        axes.set_title(f"The {half} best and the {half} last of {len(ordered)} territories")


def _gain(gains: pd.DataFrame, territory: str) -> tuple[float, bool]:
    """Return a territory's relative gain and whether it is more than luck."""
    if territory not in gains.index:
        return float("nan"), False
    row = gains[gains.index == territory].iloc[0]
    return float(row["relative_difference"]), row["verdict"] not in (NO_DIFFERENCE, TOO_FEW)
