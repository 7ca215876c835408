"""Regret: what each strategy loses in each future against the one that is best there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.metrics.catalogue import KPIS
from sim.report.comparison.findings import Findings
from sim.report.comparison.pictures.look import labels
from sim.report.comparison.words import amount
from sim.report.names import kpi_words
from sim.report.style import INK, OURS, nothing, page, short, styled

TITLE = "What it costs to be wrong about the future"
CAPTION = (
    "Each cell is what the strategy of that row loses on the deciding KPI, in the future of that column, against the "
    "strategy that does best there; 0 is the best. The last column is the worst of the row; the row with the least "
    "worst regret is framed."
)
WORST = "worst"
PALE = LinearSegmentedColormap.from_list("regret", ["#FFFFFF", "#F6D9CC", "#E58B66"])


@styled
def figure(findings: Findings) -> Figure:
    """Return the table of strategies and futures."""
    regrets = findings.regrets
    if regrets.empty or regrets["regret"].isna().all():
        return nothing(TITLE, "The scenario has no futures, or no strategy has a value in them.")
    wide = regrets.pivot(index="strategy", columns="future", values="regret")
    worst = findings.least_worst.set_index("strategy")["worst_regret"]
    order = [str(s) for s in findings.least_worst["strategy"]]
    table = wide.reindex(index=order, columns=list(regrets["future"].unique()))
    table[WORST] = worst.reindex(order)
    name = kpi_words(findings.deciding)
    fig = page(TITLE, f"Regret on {name.lower()}; least worst regret first", height=1.75 + 0.46 * len(table))
    axes = fig.add_subplot()
    _cells(axes, table, findings)
    _frame(axes, table)
    return fig


def _cells(axes: Axes, table: pd.DataFrame, findings: Findings) -> None:
    values = table.to_numpy(dtype=np.float64)
    top = float(np.nanmax(values))
    axes.imshow(np.nan_to_num(values), cmap=PALE, vmin=0, vmax=top if top > 0 else 1.0, aspect="auto")
    currency, kpi = findings.comparison.scenario.currency, findings.deciding
    size = 9.0 if table.shape[1] <= 7 else 7.5
    for (i, j), value in np.ndenumerate(values):
        text = "0" if value == 0 else amount(float(value), kpi, currency, signed=True).removeprefix("+")
        bare = text.removesuffix(f" {currency}") if KPIS[kpi].unit == "currency" else text
        bold: dict[str, Any] = {"fontweight": "bold", "family": "DejaVu Sans"} if value == 0 else {}
        axes.text(j, i, bare, ha="center", va="center", fontsize=size, **bold)
    width = max(8, 84 // table.shape[1])
    axes.set_xticks(np.arange(table.shape[1]), [short(str(c), width) for c in table.columns])
    axes.set_yticks(np.arange(len(table)), list(labels(map(str, table.index)).values()))
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.axvline(table.shape[1] - 1.5, color=INK, linewidth=1.2)


def _frame(axes: Axes, table: pd.DataFrame) -> None:
    """Frame the strategies with the least worst regret."""
    worst = table[WORST].to_numpy(dtype=np.float64)
    for i in np.flatnonzero(worst == np.nanmin(worst)) if np.isfinite(worst).any() else []:
        axes.add_patch(
            Rectangle((-0.48, i - 0.46), table.shape[1] - 0.04, 0.92, fill=False, edgecolor=OURS, linewidth=2.0,
                      clip_on=False, zorder=5)
        )  # fmt: skip
