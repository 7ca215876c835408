"""Robustness: what each strategy brings and loses over the worlds that were tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.questions.robustness import regrets
from sim.questions.study import Study
from sim.report.drawing import labels, number_axis
from sim.report.style import INK, Look, Picture, page, strategy_colours, styled
from sim.report.words import kpi_unit, kpi_words, short
from sim.statistics.outcomes import sign_of

CAPTION: Final = (
    "Left: what each strategy brings in every world, a point for a world, sorted from its worst to its best; the "
    "broken line is what is good enough. Right: what it loses against the best strategy of the same world; a line "
    "that stays at 0 belongs to a strategy that is best everywhere. The further a line reaches up at its right end, "
    "the worse its worst world."
)


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the worlds."""
    found = study.answer.found
    title = "Over the worlds that were tried"
    unit = kpi_unit(found["kpi"], study.experiment.base.currency)
    figure = curves_figure(found["values"], found["kpi"], found["threshold"], title=title, unit=unit)
    yield Picture("worlds", title, CAPTION, figure)


@styled
def curves_figure(values: pd.DataFrame, kpi: str, threshold: float | None, *, title: str, unit: str) -> Figure:
    """Return the outcome and the regret of every strategy, sorted over the worlds.

    Parameters
    ----------
    values : world × strategy.
    unit : of the KPI.
    """
    words = kpi_words(kpi)
    figure = page(title, f"{len(values)} worlds, the same ones for each strategy; {words}", height=5.4)
    left, right = figure.subplots(1, 2)
    lost = regrets(values, sign_of(kpi))
    share = 100.0 * (np.arange(len(values)) + 0.5) / len(values)
    names, colours = labels(values.columns), strategy_colours(list(values.columns))
    for name in values.columns:
        look: Look = {"color": colours[name], "linewidth": 1.6, "marker": "o", "markersize": 3.0}
        left.plot(share, np.sort(values[name].to_numpy()), label=names[str(name)], **look)
        right.plot(share, np.sort(lost[name].to_numpy()), **look)
    if threshold is not None:
        left.axhline(threshold, color=INK, linestyle="dashed", linewidth=1.0)
    for axes, heading in ((left, f"{short(words, 40)} [{unit}]"), (right, f"Regret [{unit}]")):
        axes.set_title(heading)
        axes.set_xlabel("Worlds, sorted for each strategy [%]")
        axes.set_xlim(0, 100)
        axes.grid(True, axis="both")
        number_axis(axes.yaxis)
    figure.legend(loc="outside lower center", ncols=4)
    return figure
