"""Optimisation: the front on fresh luck, and where along each lever the good values lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.questions.optimise import Optimum
from sim.questions.study import Study
from sim.report.drawing import number_axis
from sim.report.questions import dimension_words
from sim.report.style import FAINT, MUTED, OURS, OURS_PALE, Look, Picture, nothing, page, styled
from sim.report.words import kpi_unit, kpi_words, number, two_lines

FRONT_CAPTION: Final = (
    "Grey: all points of the search. Rings: the best of them as the search saw them; filled: the same points on luck "
    "that the search had not seen, with a line between. Those that remain efficient are strong. The best of many look "
    "better than they are: what the lines lose together is the winner's curse."
)
LEVERS_CAPTION: Final = (
    "Each panel is a lever. Grey: the points of the search, moved as the fresh luck moved the baseline. Coloured: the "
    "finalists on luck that the search had not seen. The broken line is the baseline on the same fresh luck. Other "
    "levers differ from point to point, so a cloud without slope means that the lever matters little, or only together "
    "with others."
)
MOST_COLUMNS: Final = 3


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the front where there are two goals or more, and the levers."""
    found, e = study.answer.found, study.experiment
    first, *others = e.spec.outcomes
    words = {kpi: f"{kpi_words(kpi)} [{kpi_unit(kpi, e.base.currency)}]" for kpi in e.spec.outcomes}
    if others:
        title = f"{kpi_words(first)} and {kpi_words(others[0]).lower()}"
        figure = front_figure(found["optimum"], others[0], first, title=title, words=words)
        yield Picture("front", title, FRONT_CAPTION, figure)
    title = "Where the good values lie"
    against = found["against"]
    baseline = float(against.loc[against["kpi"] == first, "baseline"].iloc[0])
    levers = {path: dimension_words(e, path) for path in e.spec.levers}
    what = f"{words[first]}; baseline {number(baseline)}"
    figure = levers_figure(found["optimum"], first, baseline, levers, title=title, what=what)
    yield Picture("levers", title, LEVERS_CAPTION, figure)


@styled
def front_figure(found: Optimum, x: str, y: str, *, title: str, words: dict[str, str]) -> Figure:
    """Return the search, the finalists, and what fresh luck makes of them, on two objectives.

    Parameters
    ----------
    words : objective → what stands beside its axis.
    """
    rows = found.finalists
    if rows.empty:
        return nothing(title, "No point was run again.")
    curse = [f"{kpi_words(r['objective']).lower()} {number(r['optimism'])}" for r in found.curse.to_dict("records")]
    again = f"{len(rows)} run again on fresh luck, of which {int(rows['efficient'].sum())} remain efficient"
    what = f"{len(found.trials):,} points searched, {again}\nLooked better than they are by (mean): {'; '.join(curse)}"
    figure = page(title, what, height=6.0, width=9.4)
    axes = figure.add_subplot()
    axes.scatter(found.trials[x], found.trials[y], s=12, color=FAINT, label="searched", zorder=2)
    before = {x: rows[f"{x}_search"], y: rows[f"{y}_search"]}
    axes.plot([before[x], rows[x]], [before[y], rows[y]], color=OURS_PALE, linewidth=1.0, zorder=3)
    look: Look = {"facecolors": "white", "edgecolors": OURS, "zorder": 4}
    axes.scatter(before[x], before[y], s=34, label="finalist in the search", **look)
    for efficient, colour, label in ((False, MUTED, "no longer efficient"), (True, OURS, "efficient")):
        own = rows[rows["efficient"] == efficient]
        if len(own):
            axes.scatter(own[x], own[y], s=40, color=colour, label=f"on fresh luck, {label}", zorder=5)
    axes.set_xlabel(words.get(x, x))
    axes.set_ylabel(words.get(y, y))
    axes.grid(True, axis="both")
    number_axis(axes.xaxis, axes.yaxis)
    figure.legend(loc="outside lower center", ncols=4)
    return figure


@styled
def levers_figure(
    found: Optimum, kpi: str, baseline: float, levers: dict[str, str], *, title: str, what: str
) -> Figure:
    """Return a KPI against every lever, for the search and for the finalists on fresh luck.

    Parameters
    ----------
    baseline : the KPI of the baseline on fresh luck.
    levers : column → words.
    what : is shown: the KPI, its unit and its baseline.
    """
    # four stand better two by two
    n_columns = 2 if len(levers) == 4 else min(len(levers), MOST_COLUMNS)
    n_rows = -(-len(levers) // n_columns)
    rows = found.finalists
    counts = f"{len(found.trials):,} points searched, {len(rows)} run again"
    figure = page(title, f"{what}; {counts}", height=1.2 + 3.2 * n_rows)
    panels = figure.subplots(n_rows, n_columns, sharey=True, squeeze=False).ravel()
    look: Look = {"color": MUTED, "linestyle": "dashed", "linewidth": 1.2, "zorder": 3}
    for axes, (path, words) in zip(panels, levers.items(), strict=False):
        searched, finalists = _places(axes, found.trials[path], rows[path])
        axes.scatter(searched, found.trials[kpi], s=12, color=FAINT, label="searched", zorder=2)
        axes.scatter(finalists, rows[kpi], s=40, color=OURS, label="finalist on fresh luck", zorder=4)
        axes.axhline(baseline, label="baseline on fresh luck", **look)
        axes.set_xlabel(two_lines(words, 34))
        number_axis(axes.yaxis)
    for axes in panels[len(levers) :]:
        axes.set_visible(False)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _places(axes: Axes, searched: pd.Series, finalists: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the places of values on the axis; choices stand side by side, under their names."""
    if pd.api.types.is_numeric_dtype(searched) and not pd.api.types.is_bool_dtype(searched):
        axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=bool((searched % 1 == 0).all())))
        return searched, finalists
    names = sorted(map(str, searched.unique()))
    axes.set_xticks(range(len(names)), names)
    return searched.astype(str).map(names.index), finalists.astype(str).map(names.index)
