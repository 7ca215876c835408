"""Sizing: the response to each force, the gain of each frequency of visits, and the map of territories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd
from matplotlib.figure import Figure

from sim.questions.study import Study
from sim.report.analysis.best import SIZING_CAPTION, TERRITORIES_CAPTION, sizing_figure, territories_figure
from sim.report.analysis.page import Picture
from sim.report.comparison.pictures.look import zero_line
from sim.report.figures.axis import number_axis
from sim.report.style import INK, MUTED, OURS, page, styled, two_lines
from sim.report.sweep.picture import dimension_words

VISITS_CAPTION: Final = (
    "Each panel is a lever that was moved by itself. Points are the profit of a year less that of today on the same "
    "luck, with 95 % intervals; the grey point is today. Coloured: surely better than today. An interval that holds 0 "
    "shows no difference."
)
MOST_COLUMNS: Final = 4


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the pictures."""
    found, e = study.answer.found, study.experiment
    currency = e.base.currency
    for role, sizing in found["sizings"].items():
        title = f"How many {role}"
        figure = sizing_figure(sizing, title=title, currency=currency, people=role)
        yield Picture(role, title, SIZING_CAPTION, figure)
    if len(found["visits"]):
        title = "How often to call" if _only_visits(found["visits"]) else "The other levers"
        words = {path: dimension_words(e, path) for path in e.spec.levers}
        figure = visits_figure(found["visits"], words, title=title, currency=currency)
        yield Picture("visits", title, VISITS_CAPTION, figure)
    if found["territories"] is not None:
        title = "Territories of equal work"
        figure = territories_figure(found["territories"], title=title)
        caption = f"{TERRITORIES_CAPTION} Work is in hours a month, with the minutes of an untrained advisor."
        yield Picture("territories", title, caption, figure)


def _only_visits(visits: pd.DataFrame) -> bool:
    return bool(visits["lever"].str.contains(".people.visit_every_days_", regex=False).all())


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
            reach = row["high"] - row["gain"]
            axes.errorbar(row["value"], row["gain"], yerr=reach, fmt="o", color=colour, capsize=3, zorder=4)
            if row["today"]:
                axes.annotate("today", (row["value"], row["gain"]), xytext=(0, 8), textcoords="offset points",
                              ha="center", color=MUTED, fontsize=8.5)  # fmt: skip
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
