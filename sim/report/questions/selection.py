"""Selection: what each strategy brings, what it loses against the pick, and where the runs went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd
from matplotlib.figure import Figure

from sim.questions.study import Study
from sim.report.drawing import from_top, labels, note, number_axis, zero_line
from sim.report.style import DROPPED, GRID, INK, MUTED, OURS, Look, Picture, page, styled
from sim.report.words import kpi_unit, kpi_words, number, short

CAPTION: Final = (
    "Left: mean of each strategy with its 95 % interval, over the replications that all have. Middle: what it loses "
    "against the pick in those that both have, on the same luck; this is what decides, and its intervals are narrower. "
    "Right: the replications spent on it. The pick is coloured; grey strategies were dropped on the way and run no "
    "further."
)


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the strategies."""
    found = study.answer.found
    title = "Which strategy was picked"
    unit = kpi_unit(found["kpi"], study.experiment.base.currency)
    figure = selection_figure(found["table"], found["kpi"], found["note"], title=title, unit=unit)
    yield Picture("selection", title, CAPTION, figure)


@styled
def selection_figure(table: pd.DataFrame, kpi: str, said: str, *, title: str, unit: str) -> Figure:
    """Return means, losses against the pick, and replications of each strategy.

    Parameters
    ----------
    table : strategy, mean, low, high, replications, kept, pick, behind, behind_low, behind_high; the pick first.
    said : what may be claimed.
    unit : of the KPI.
    """
    words = kpi_words(kpi)
    figure = page(title, f"{words}; {said}", height=2.6 + 0.42 * len(table))
    left, middle, right = figure.subplots(1, 3, sharey=True, width_ratios=[1.25, 1.25, 0.8])
    places = from_top(len(table))
    small: Look = {"color": MUTED, "fontsize": 8.5, "zorder": 5}
    for place, row in zip(places, table.to_dict("records"), strict=True):
        colour = OURS if row["pick"] else INK if row["kept"] else DROPPED
        look: Look = {"fmt": "o", "color": colour, "markersize": 6, "elinewidth": 1.6, "zorder": 4}
        left.errorbar(row["mean"], place, xerr=row["high"] - row["mean"], capsize=3, **look)
        middle.errorbar(row["behind"], place, xerr=row["behind_high"] - row["behind"], capsize=3, **look)
        if not row["pick"]:
            note(middle, number(row["behind"]), (row["behind"], place), (0, 9), ha="center", halo=0.5, **small)
        right.barh(place, row["replications"], color=colour, height=0.55, zorder=3)
        note(right, f"{row['replications']}", (row["replications"], place), (4, 0), va="center", **small)
    names = zip(labels(table["strategy"]).values(), table["pick"], strict=True)
    left.set_yticks(places, [name + " (pick)" * bool(pick) for name, pick in names])
    zero_line(middle)
    heads = (f"{short(words, 30)} [{unit}]", f"Behind the pick [{unit}]", "Replications")
    for axes, heading in zip((left, middle, right), heads, strict=True):
        axes.set_title(heading)
        axes.grid(False, axis="y")
        axes.grid(True, axis="x", color=GRID)
        number_axis(axes.xaxis)
        axes.locator_params(axis="x", nbins=5)
    left.set_ylim(-0.6, len(table) - 0.4)
    middle.margins(x=0.1)
    right.margins(x=0.15)
    return figure
