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
from sim.report.analysis.best import FRONT_CAPTION, front_figure
from sim.report.analysis.page import Picture
from sim.report.figures.axis import number_axis
from sim.report.names import kpi_unit, kpi_words
from sim.report.style import MUTED, OURS, number, page, styled, two_lines
from sim.report.sweep.picture import dimension_words

LEVERS_CAPTION: Final = (
    "Each panel is a lever. Grey: the points of the search, moved as the fresh luck moved the baseline. Coloured: the "
    "finalists on luck that the search had not seen. The broken line is the baseline on the same fresh luck. Other "
    "levers differ from point to point, so a cloud without slope means that the lever matters little, or only together "
    "with others."
)
MOST_COLUMNS: Final = 3


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the pictures: the front where there are two goals or more, and the levers."""
    found, e = study.answer.found, study.experiment
    first, *others = e.spec.outcomes
    currency = e.base.currency
    if others:
        title = f"{kpi_words(first)} and {kpi_words(others[0]).lower()}"
        axes = [f"{kpi_words(k)} [{kpi_unit(k, currency)}]" for k in (others[0], first)]
        figure = front_figure(found["optimum"], others[0], first, title=title, x_label=axes[0], y_label=axes[1])
        yield Picture("front", title, FRONT_CAPTION, figure)
    title = "Where the good values lie"
    reference = float(found["against"].loc[found["against"]["kpi"] == first, "baseline"].iloc[0])
    words = {path: dimension_words(e, path) for path in e.spec.levers}
    unit = kpi_unit(first, currency)
    figure = levers_figure(found["optimum"], first, reference, words, title=title, unit=unit)
    yield Picture("levers", title, LEVERS_CAPTION, figure)


@styled
def levers_figure(
    found: Optimum, kpi: str, baseline: float, levers: dict[str, str], *, title: str, unit: str
) -> Figure:
    """Return a KPI against every lever, for the search and for the finalists on fresh luck.

    Parameters
    ----------
    baseline : the KPI of the baseline on fresh luck.
    levers : column → words.
    unit : of the KPI.
    """
    # four stand better two by two
    n_columns = 2 if len(levers) == 4 else min(len(levers), MOST_COLUMNS)
    n_rows = -(-len(levers) // n_columns)
    what = f"{kpi_words(kpi)} [{unit}]; baseline {number(baseline)}"
    counts = f"{len(found.trials):,} points searched, {len(found.finalists)} run again"
    figure = page(title, f"{what}; {counts}", height=1.2 + 3.2 * n_rows)
    panels = figure.subplots(n_rows, n_columns, sharey=True, squeeze=False).ravel()
    for axes, (path, words) in zip(panels, levers.items(), strict=False):
        rows = found.finalists
        searched, finalists = _places(axes, found.trials[path], rows[path])
        axes.scatter(searched, found.trials[kpi], s=12, color="#C9CDD3", label="searched", zorder=2)
        axes.scatter(finalists, rows[kpi], s=40, color=OURS, label="finalist on fresh luck", zorder=4)
        axes.axhline(baseline, color=MUTED, linestyle="dashed", linewidth=1.2, label="baseline on fresh luck", zorder=3)
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
