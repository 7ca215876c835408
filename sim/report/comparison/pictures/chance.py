"""The chance that each strategy is the best on the deciding KPI."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.comparison.findings import Findings
from sim.report.comparison.pictures.look import labels, strategy_colours
from sim.report.names import kpi_words
from sim.report.style import INK, nothing, page, percent, styled

TITLE = "How likely each strategy is the best"
CAPTION = (
    "The chance that a strategy's true mean is the best of all, given the replications. It allows for luck only: what "
    "the assumptions of the scenario get wrong is not in it. Identical strategies share their chance."
)


@styled
def figure(findings: Findings) -> Figure:
    """Return a bar for each strategy, the baseline included."""
    table = findings.chances
    name = kpi_words(findings.deciding)
    if table["chance"].isna().all():
        return nothing(TITLE, f"{name} has no better direction, or fewer than two replications have it.")
    ordered = table.sort_values("chance", ascending=True, kind="stable")
    colours, places = strategy_colours(findings), np.arange(len(ordered))
    fig = page(TITLE, f"{name}; {int(table['n'].max())} replications that all have", height=1.3 + 0.42 * len(ordered))
    axes = fig.add_subplot()
    axes.barh(places, ordered["chance"], height=0.62, color=[colours[str(s)] for s in ordered["strategy"]])
    for y, chance in zip(places.tolist(), ordered["chance"], strict=True):
        axes.annotate(chance_words(chance), (chance, y), xytext=(5, 0), textcoords="offset points", va="center",
                      fontsize=9, color=INK)  # fmt: skip
    axes.set_yticks(places, list(labels(map(str, ordered["strategy"])).values()))
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.09)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.grid(False)
    axes.grid(True, axis="x")
    return fig


def chance_words(chance: float) -> str:
    """Return a chance as a percentage; the draws behind it can't tell the last tenth from none or certain."""
    if chance > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if chance < 0.001 else percent(chance)
