"""Sizing: the response to each force, the gain of each frequency of visits, and the map of territories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.questions.study import Study
from sim.report.drawing import from_top, note, number_axis, rows, zero_line
from sim.report.questions import dimension_words
from sim.report.style import INK, MUTED, OURS, OURS_PALE, RIVALS, Look, Picture, page, styled
from sim.report.words import number, percent, two_lines
from sim.statistics.sizing import Estimate, Sizing, Territories

SIZING_CAPTION: Final = (
    "Points are runs with 95 % intervals, the line is the fitted response with its 95 % band. The grey mark is today's "
    "size, the coloured one the best size with its 95 % interval. Intervals allow for luck, not for the curve's form."
)
VISITS_CAPTION: Final = (
    "Each panel is a lever that was moved by itself. Points are the profit of a year less that of today on the same "
    "luck, with 95 % intervals; the grey point is today. Coloured: surely better than today. An interval that holds 0 "
    "shows no difference."
)
TERRITORIES_CAPTION: Final = (
    "A point is an outlet, as large as its work; a colour is an advisor, a cross the middle of the territory or the "
    "advisor's home. Work is in hours a month, with the minutes of an untrained advisor."
)
MOST_COLUMNS: Final = 4


def pictures(study: Study) -> Iterator[Picture]:
    """Yield a response for each kind of people, the visits, and the territories where they were asked for."""
    found, e = study.answer.found, study.experiment
    for role, sizing in found["sizings"].items():
        title = f"How many {role}"
        figure = sizing_figure(sizing, title=title, currency=e.base.currency, people=role)
        yield Picture(role, title, SIZING_CAPTION, figure)
    if len(found["visits"]):
        only_visits = found["visits"]["lever"].str.contains(".people.visit_every_days_", regex=False).all()
        title = "How often to call" if only_visits else "The other levers"
        words = {path: dimension_words(e, path) for path in e.spec.levers}
        figure = visits_figure(found["visits"], words, title=title, currency=e.base.currency)
        yield Picture("visits", title, VISITS_CAPTION, figure)
    if found["territories"] is not None:
        title = "Territories of equal work"
        figure = territories_figure(found["territories"], title=title)
        yield Picture("territories", title, TERRITORIES_CAPTION, figure)


@styled
def sizing_figure(found: Sizing, *, title: str, currency: str = "", people: str = "people") -> Figure:
    """Return the response of profit to the size of the force, today's size and the best one."""
    best, line, seen = found.optimum, found.curve, found.seen
    gain = f"{_range(found.three_years)}{f' {currency}' if currency else ''} in three years"
    what = f"Best size {_range(best, 1)} {people}, now {found.current:g}; moving there brings {gain}"
    figure = page(title, what, height=5.6, note=_edge(found), width=9.4)
    axes = figure.add_subplot()
    axes.fill_between(line["size"], line["low"], line["high"], color=OURS_PALE, alpha=0.5, linewidth=0, zorder=2)
    axes.plot(line["size"], line["profit"], color=OURS, zorder=3)
    reach = [seen["mean"] - seen["low"], seen["high"] - seen["mean"]]
    look: Look = {"fmt": "o", "color": INK, "markersize": 5, "elinewidth": 1.1, "zorder": 5}
    axes.errorbar(seen["size"], seen["mean"], yerr=reach, capsize=3, **look)
    axes.axvspan(best.low, best.high, color=OURS, alpha=0.10, linewidth=0, zorder=1)
    for place, colour, label in ((found.current, MUTED, "now"), (best.value, OURS, "best")):
        height = float(np.interp(place, line["size"], line["profit"]))
        axes.axvline(place, color=colour, linewidth=1.2, linestyle="dashed", zorder=2)
        axes.scatter([place], [height], s=90, color=colour, edgecolors="white", linewidths=1.2, zorder=6)
        note(axes, label, (place, 0.02), (4, 0), xycoords=axes.get_xaxis_transform(), color=colour, fontsize=9)
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
def visits_figure(visits: pd.DataFrame, levers: dict[str, str], *, title: str, currency: str) -> Figure:
    """Return the gain of every value of each lever, side by side on one scale.

    Parameters
    ----------
    visits : lever, value, today, gain, low, high.
    levers : lever → words.
    """
    names = list(dict.fromkeys(visits["lever"]))
    n_rows = -(-len(names) // MOST_COLUMNS)
    figure = page(title, "Profit of a year less today's, 95 % intervals; one scale for all", height=1.4 + 3.0 * n_rows)
    panels = figure.subplots(n_rows, min(len(names), MOST_COLUMNS), sharey=True, squeeze=False)
    for axes, name in zip(panels.flat, names, strict=False):
        own = visits[visits["lever"] == name].sort_values("value")
        axes.plot(own["value"], own["gain"], color=MUTED, linewidth=1.2, zorder=2)
        for row in own.to_dict("records"):
            colour = MUTED if row["today"] else OURS if row["low"] > 0 else INK
            reach, at = row["high"] - row["gain"], (row["value"], row["gain"])
            axes.errorbar(*at, yerr=reach, fmt="o", color=colour, capsize=3, zorder=4)
            if row["today"]:
                note(axes, "today", at, (0, 8), ha="center", color=MUTED, fontsize=8.5)
        zero_line(axes, upright=False)
        axes.set_xticks(own["value"])
        axes.set_xlabel(two_lines(levers[name], 32))
        number_axis(axes.xaxis)
    for axes in list(panels.flat)[len(names) :]:
        axes.set_visible(False)
    for axes in panels[:, 0]:
        axes.set_ylabel(f"Gain against today [{currency}/year]")
        number_axis(axes.yaxis)
    return figure


@styled
def territories_figure(found: Territories, *, title: str) -> Figure:
    """Return the map of territories and the work of each."""
    middles, n = found.advisors, len(found.advisors)
    worst = f"the largest work is {percent(found.imbalance)} above the mean"
    middle = f"{found.distance_km:.1f} km from the middle on average"
    figure = page(title, f"{len(found.outlets):,} outlets, {n} advisors; {worst}; {middle}", height=5.8)
    left, right = figure.subplots(1, 2, width_ratios=[1.6, 1.0])
    colours = [RIVALS[i % len(RIVALS)] for i in range(n)]
    scale = 120.0 / max(float(found.outlets["work"].max()), 1e-300) / max(len(found.outlets) / 150, 1.0)
    for advisor, colour in enumerate(colours):
        own = found.outlets[found.outlets["advisor"] == advisor]
        left.scatter(own["x_km"], own["y_km"], s=scale * own["work"], color=colour, alpha=0.8, linewidths=0, zorder=3)
    left.scatter(middles["x_km"], middles["y_km"], marker="P", s=90, color=INK, edgecolors="white", zorder=5)
    look: Look = {"fontsize": 9, "weight": "bold", "family": "DejaVu Sans", "zorder": 6}
    for row in middles.to_dict("records"):
        note(left, str(row["advisor"] + 1), (row["x_km"], row["y_km"]), (7, 5), **look)
    left.set_aspect("equal", adjustable="datalim")
    left.set_xlabel("East [km]")
    left.set_ylabel("North [km]")
    left.grid(True, axis="both")
    _work(right, middles, colours)
    return figure


def _work(axes: Axes, middles: pd.DataFrame, colours: list[str]) -> None:
    places = from_top(len(middles))
    axes.barh(places, middles["work"], color=colours, height=0.7, zorder=3)
    axes.axvline(float(middles["work"].mean()), color=INK, linewidth=1.0, zorder=4)
    each = middles.to_dict("records")
    rows(axes, places, [f"{r['advisor'] + 1}: {r['outlets']} outlets, {r['distance_km']:.1f} km" for r in each])
    axes.tick_params(axis="y", length=3.5)
    axes.set_title("Work of each advisor")
    number_axis(axes.xaxis)
