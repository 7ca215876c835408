"""Selection: what each strategy brings, what it loses against the pick, and where the runs went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.questions.study import Study
from sim.report.analysis.page import Picture
from sim.report.comparison.pictures.look import labels, zero_line
from sim.report.figures.axis import number_axis
from sim.report.names import kpi_unit, kpi_words
from sim.report.style import GRID, INK, MUTED, OURS, number, page, short, styled

CAPTION: Final = (
    "Left: mean of each strategy with its 95 % interval, over the replications that all have. Middle: what it loses "
    "against the pick in those that both have, on the same luck; this is what decides, and its intervals are narrower. "
    "Right: the replications spent on it. The pick is coloured; grey strategies were dropped on the way and run no "
    "further."
)
DROPPED: Final = "#B8BCC2"


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the pictures."""
    found = study.answer.found
    title = "Which strategy was picked"
    unit = kpi_unit(found["kpi"], study.experiment.base.currency)
    figure = selection_figure(found["table"], found["kpi"], found["note"], title=title, unit=unit)
    yield Picture("selection", title, CAPTION, figure)


@styled
def selection_figure(table: pd.DataFrame, kpi: str, note: str, *, title: str, unit: str) -> Figure:
    """Return means, losses against the pick, and replications of each strategy.

    Parameters
    ----------
    table : strategy, mean, low, high, replications, kept, pick, behind, behind_low, behind_high; the pick first.
    note : what may be claimed.
    unit : of the KPI.
    """
    words = kpi_words(kpi)
    figure = page(title, f"{words}; {note}", height=2.6 + 0.42 * len(table))
    left, middle, right = figure.subplots(1, 3, sharey=True, width_ratios=[1.25, 1.25, 0.8])
    places = np.arange(len(table))[::-1]
    for place, row in zip(places, table.to_dict("records"), strict=True):
        colour = OURS if row["pick"] else INK if row["kept"] else DROPPED
        look = {"fmt": "o", "color": colour, "markersize": 6, "elinewidth": 1.6, "capsize": 3, "zorder": 4}
        left.errorbar(row["mean"], place, xerr=row["high"] - row["mean"], **look)
        middle.errorbar(row["behind"], place, xerr=row["behind_high"] - row["behind"], **look)
        if not row["pick"]:
            middle.annotate(number(row["behind"]), (row["behind"], place), xytext=(0, 9), ha="center", color=MUTED,
                            textcoords="offset points", fontsize=8.5, zorder=5,
                            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # fmt: skip
        right.barh(place, row["replications"], color=colour, height=0.55, zorder=3)
        right.annotate(f"{row['replications']}", (row["replications"], place), xytext=(4, 0), va="center",
                       textcoords="offset points", color=MUTED, fontsize=8.5)  # fmt: skip
    names = labels(map(str, table["strategy"])).values()
    picked = np.where(table["pick"], " (pick)", "")
    left.set_yticks(places, [name + mark for name, mark in zip(names, picked, strict=True)])
    zero_line(middle)
    for axes, heading in (
        (left, f"{short(words, 30)} [{unit}]"),
        (middle, f"Behind the pick [{unit}]"),
        (right, "Replications"),
    ):
        axes.set_title(heading)
        axes.grid(False, axis="y")
        axes.grid(True, axis="x", color=GRID)
        number_axis(axes.xaxis)
        axes.locator_params(axis="x", nbins=5)
    left.set_ylim(-0.6, len(table) - 0.4)
    middle.margins(x=0.1)
    right.margins(x=0.15)
    return figure
