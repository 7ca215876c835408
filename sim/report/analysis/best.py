"""What is best: the efficient front on fresh luck, the response to the size of the force, territories on a map."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.questions.optimise import Optimum
from sim.report.figures.axis import number_axis
from sim.report.names import kpi_words
from sim.report.style import GRID, INK, MUTED, OURS, OURS_PALE, RIVALS, nothing, number, page, percent, styled
from sim.statistics.sizing import Estimate, Sizing, Territories

FRONT_CAPTION = (
    "Grey: all points of the search. Rings: the best of them as the search saw them; filled: the same points on luck "
    "that the search had not seen, with a line between. Those that remain efficient are strong. The best of many look "
    "better than they are: what the lines lose together is the winner's curse."
)
SIZING_CAPTION = (
    "Points are runs with 95 % intervals, the line is the fitted response with its 95 % band. The grey mark is today's "
    "size, the coloured one the best size with its 95 % interval. Intervals allow for luck, not for the curve's form."
)
TERRITORIES_CAPTION = (
    "A point is an outlet, as large as its work; a colour is an advisor, a cross the middle of the territory or the "
    "advisor's home."
)


@styled
def front_figure(found: Optimum, x: str, y: str, *, title: str, x_label: str = "", y_label: str = "") -> Figure:
    """Return the search, the finalists, and what fresh luck makes of them, on two objectives."""
    rows = found.finalists
    if rows.empty:
        return nothing(title, "No point was run again.")
    lost = "; ".join(
        f"{kpi_words(r['objective']).lower()} {number(float(r['optimism']))}" for r in found.curse.to_dict("records")
    )
    figure = page(title, f"{len(found.trials):,} points searched, {len(rows)} run again on fresh luck, of which "
                  f"{int(rows['efficient'].sum())} remain efficient\nLooked better than they are by (mean): {lost}",
                  height=6.0, width=9.4)  # fmt: skip
    axes = figure.add_subplot()
    axes.scatter(found.trials[x], found.trials[y], s=12, color="#C9CDD3", label="searched", zorder=2)
    for row in rows.to_dict("records"):
        axes.plot([row[f"{x}_search"], row[x]], [row[f"{y}_search"], row[y]], color=OURS_PALE, linewidth=1.0, zorder=3)
    axes.scatter(rows[f"{x}_search"], rows[f"{y}_search"], s=34, facecolors="white", edgecolors=OURS,
                 label="finalist in the search", zorder=4)  # fmt: skip
    for efficient, colour, label in (
        (False, MUTED, "on fresh luck, no longer efficient"),
        (True, OURS, "on fresh luck, efficient"),
    ):
        own = rows[rows["efficient"] == efficient]
        if len(own):
            axes.scatter(own[x], own[y], s=40, color=colour, label=label, zorder=5)
    axes.set_xlabel(x_label or x)
    axes.set_ylabel(y_label or y)
    axes.grid(True, axis="both")
    for axis in (axes.xaxis, axes.yaxis):
        number_axis(axis)
    figure.legend(loc="outside lower center", ncols=4)
    return figure


@styled
def sizing_figure(found: Sizing, *, title: str, currency: str = "", people: str = "people") -> Figure:
    """Return the response of profit to the size of the force, today's size and the best one."""
    suffix = f" {currency}" if currency else ""
    best = found.optimum
    figure = page(title, f"Best size {_range(best, 1)} {people}, now {found.current:g}; moving there brings "
                  f"{_range(found.three_years)}{suffix} in three years", height=5.6,
                  note=_edge(found), width=9.4)  # fmt: skip
    axes = figure.add_subplot()
    line = found.curve
    axes.fill_between(line["size"], line["low"], line["high"], color=OURS_PALE, alpha=0.5, linewidth=0, zorder=2)
    axes.plot(line["size"], line["profit"], color=OURS, zorder=3)
    seen = found.seen
    reach = [seen["mean"] - seen["low"], seen["high"] - seen["mean"]]
    axes.errorbar(seen["size"], seen["mean"], yerr=reach, fmt="o", color=INK, markersize=5, elinewidth=1.1, capsize=3,
                  zorder=5)  # fmt: skip
    axes.axvspan(best.low, best.high, color=OURS, alpha=0.10, linewidth=0, zorder=1)
    for place, colour, label in ((found.current, MUTED, "now"), (best.value, OURS, "best")):
        height = float(np.interp(place, line["size"], line["profit"]))
        axes.axvline(place, color=colour, linewidth=1.2, linestyle="dashed", zorder=2)
        axes.scatter([place], [height], s=90, color=colour, edgecolors="white", linewidths=1.2, zorder=6)
        axes.annotate(label, (place, 0.02), xycoords=axes.get_xaxis_transform(), xytext=(4, 0),
                      textcoords="offset points", color=colour, fontsize=9)  # fmt: skip
    axes.set_xlabel(f"Size of the force [{people}]")
    axes.set_ylabel(f"Profit [{currency}/year]" if currency else "Profit a year")
    number_axis(axes.yaxis)
    return figure


def _range(estimate: Estimate, decimals: int | None = None) -> str:
    value, low, high = (number(v) if decimals is None else f"{v:.{decimals}f}" for v in estimate)
    return f"{value} ({low} to {high})"


def _edge(found: Sizing) -> str:
    if found.at_edge < 0.05:
        return ""
    return f"In {percent(found.at_edge, 0)} of the resamples the best size is the smallest or largest that was run."


@styled
def territories_figure(found: Territories, *, title: str) -> Figure:
    """Return the map of territories and the work of each."""
    n = len(found.advisors)
    worst = percent(found.imbalance)
    figure = page(title, f"{len(found.outlets):,} outlets, {n} advisors; the largest work is {worst} above the mean; "
                  f"{found.distance_km:.1f} km from the middle on average", height=5.8)  # fmt: skip
    left, right = figure.subplots(1, 2, width_ratios=[1.6, 1.0])
    colours = [RIVALS[i % len(RIVALS)] for i in range(n)]
    scale = 120.0 / max(float(found.outlets["work"].max()), 1e-300) / max(len(found.outlets) / 150, 1.0)
    for advisor, colour in enumerate(colours):
        own = found.outlets[found.outlets["advisor"] == advisor]
        left.scatter(own["x_km"], own["y_km"], s=scale * own["work"], color=colour, alpha=0.8, linewidths=0, zorder=3)
    middles = found.advisors
    left.scatter(middles["x_km"], middles["y_km"], marker="P", s=90, color=INK, edgecolors="white", zorder=5)
    for row in middles.to_dict("records"):
        left.annotate(str(row["advisor"] + 1), (row["x_km"], row["y_km"]), xytext=(7, 5), zorder=6,
                      textcoords="offset points", fontsize=9, weight="bold", family="DejaVu Sans")  # fmt: skip
    left.set_aspect("equal", adjustable="datalim")
    left.set_xlabel("East [km]")
    left.set_ylabel("North [km]")
    left.grid(True, axis="both")
    _work(right, middles, colours)
    return figure


def _work(axes: Axes, middles: pd.DataFrame, colours: list[str]) -> None:
    places = np.arange(len(middles))[::-1]
    axes.barh(places, middles["work"], color=colours, height=0.7, zorder=3)
    axes.axvline(float(middles["work"].mean()), color=INK, linewidth=1.0, zorder=4)
    rows = middles.to_dict("records")
    words = [f"{r['advisor'] + 1}: {r['outlets']} outlets, {r['distance_km']:.1f} km" for r in rows]
    axes.set_yticks(places, words)
    axes.set_title("Work of each advisor")
    axes.grid(False)
    axes.grid(True, axis="x", color=GRID)
    number_axis(axes.xaxis)
