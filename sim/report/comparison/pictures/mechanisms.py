"""Why: a strategy's gain split by mechanism, a waterfall for each strategy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.metrics.catalogue import KPIS
from sim.report.comparison.findings import Findings
from sim.report.comparison.pictures.look import label, labels, strategy_colours, zero_line
from sim.report.comparison.words import amount, unit_of
from sim.report.figures.axis import number_axis, whiskers
from sim.report.names import kpi_words
from sim.report.style import BAD, GOOD, INK, MUTED, nothing, page, styled

TITLE = "Why: through which mechanisms the gain comes"
CAPTION = (
    "Each bar is what is missing of the gain when that mechanism is held where the baseline has it; lines are 95 % "
    "intervals. The parts need not add up to the whole, because mechanisms work through one another: the rest is the "
    "bar “interaction”. Bars begin where the one before ended, the last one is the whole gain."
)
TOTAL = "total"
INTERACTION = "interaction"
COLUMNS = 2


@styled
def figure(findings: Findings) -> Figure:
    """Return a waterfall for each strategy whose gain was split."""
    tables = {name: findings.why[name] for name in findings.others if name in findings.why}
    if not tables:
        return nothing(TITLE, "The gain was not split: ask for it with --why.")
    columns = min(len(tables), COLUMNS)
    rows = -(-len(tables) // columns)
    bars = max(len(t) for t in tables.values())
    currency, kpi = findings.comparison.scenario.currency, findings.deciding
    unit = "points" if KPIS[kpi].unit == "share" else unit_of(kpi, currency)
    n = " or ".join(sorted({str(int(t["n_replications"].max())) for t in tables.values()}))
    what = kpi_words(kpi).lower() + (f" [{unit}]" if unit else "")
    what = f"Gain on {what} against {label(findings.comparison.baseline)}"
    fig = page(TITLE, f"{what}; {n} replications, 95 % intervals", height=1.0 + rows * (0.9 + 0.30 * bars))
    grid = fig.add_gridspec(rows, columns)
    names = labels(tables)
    for i, (name, table) in enumerate(tables.items()):
        axes = fig.add_subplot(grid[i // columns, i % columns])
        waterfall(axes, table, kpi, currency, strategy_colours(findings)[name])
        axes.set_title(names[name])
    return fig


def waterfall(axes: Axes, table: pd.DataFrame, kpi: str, currency: str, colour: str) -> None:
    """Draw the parts from the baseline to the strategy, the largest first, the interaction and the whole last.

    Parameters
    ----------
    table : part, mean, low, high, n_replications, as `explain_gain` returns it.
    colour : of the whole gain.
    """
    steps = ordered(table)
    mean = np.nan_to_num(steps["mean"].to_numpy(dtype=np.float64))
    start = np.append(np.concatenate([[0.0], np.cumsum(mean[:-1])])[:-1], 0.0)
    places = np.arange(len(steps))[::-1].astype(np.float64)
    colours = [MUTED if p == INTERACTION else GOOD if m >= 0 else BAD for p, m in zip(steps["part"], mean, strict=True)]
    axes.barh(places, mean, left=start, height=0.62, color=[*colours[:-1], colour], zorder=3)
    reach = np.nan_to_num((steps["high"] - steps["low"]).to_numpy(dtype=np.float64) / 2.0)
    whiskers(axes, places.tolist(), (start + mean).tolist(), reach.tolist(), across=True)
    ends = (start + mean)[:-1]
    for i, end in enumerate(ends.tolist()):
        axes.plot([end, end], [places[i] - 0.31, places[i + 1] + 0.31], color=MUTED, linewidth=0.7, zorder=2)
    zero_line(axes)
    _labels(axes, steps, places, kpi, currency)
    _range(axes, start, mean, reach)
    if KPIS[kpi].unit == "share":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g}".replace("-", "−")))


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the parts by size, then the interaction, then the whole."""
    parts = table[~table["part"].isin([TOTAL, INTERACTION])]
    parts = parts.loc[parts["mean"].abs().sort_values(ascending=False, kind="stable").index]
    rest = [table[table["part"] == name] for name in (INTERACTION, TOTAL)]
    return pd.concat([parts, *rest], ignore_index=True)


def _labels(axes: Axes, steps: pd.DataFrame, places: np.ndarray, kpi: str, currency: str) -> None:
    unit = "points" if KPIS[kpi].unit == "share" else unit_of(kpi, currency)
    names = []
    for part, mean in zip(steps["part"], steps["mean"], strict=True):
        size = amount(float(mean), kpi, currency, signed=True).removesuffix(f" {unit}" if unit else "")
        name = "whole gain" if part == TOTAL else str(part)
        names.append(f"{name}  {size}")
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.grid(False)
    axes.grid(True, axis="x")


def _range(axes: Axes, start: np.ndarray, mean: np.ndarray, reach: np.ndarray) -> None:
    """Show all bars; an interval far wider than they are runs out of the panel."""
    edges = np.concatenate([start, start + mean, [0.0]])
    size = float(np.ptp(edges))
    if size == 0.0:
        axes.set_xlim(-1.0, 1.0)
        axes.set_xticks([0.0], ["0"])
        return
    room = min(float(reach.max()), 0.8 * size) + 0.05 * size
    axes.set_xlim(float(edges.min()) - room, float(edges.max()) + room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    number_axis(axes.xaxis)
