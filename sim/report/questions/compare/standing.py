"""Who is better: differences to the baseline, chances to be the best, share against profit, regret over futures."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sim.metrics.catalogue import KPIS
from sim.report.drawing import (
    LONGEST,
    colour_map,
    from_top,
    labels,
    note,
    number_axis,
    percent_axis,
    points_axis,
    rows,
    zero_line,
)
from sim.report.questions.compare.findings import PROFIT, SHARE, WORST, Findings
from sim.report.questions.compare.words import against, chance_words, detectable_words, difference_words
from sim.report.style import BAD, GOOD, INK, MUTED, OURS, Heading, Look, nothing, page, styled
from sim.report.words import BETTER, kpi_words, short, size_of, told_apart, unit_of
from sim.statistics.paired import NO_DIFFERENCE

DIFFERENCES: Final = Heading(
    "How the strategies differ from the baseline",
    "Points are mean differences between runs on the same luck, lines their 95 % intervals; left of a panel's grey "
    "line is less than the baseline, right of it is more. Verdicts allow for how many differences are looked at; "
    "“no difference seen” names the difference that a study of this size would have seen in four cases of five.",
)
CHANCE: Final = Heading(
    "How likely each strategy is the best",
    "The chance that a strategy's true mean is the best of all, given the replications. It allows for luck only: what "
    "the assumptions of the scenario get wrong is not in it. Identical strategies share their chance.",
)
TRADEOFF: Final = Heading(
    "Share against profit, and bad luck",
    "Up is more market share, right is more profit. Filled points with a ring are efficient: no other strategy has "
    "more of one and no less of the other. Right: mean profit, and the mean of the worst twentieth of the "
    "replications.",
)
REGRET: Final = Heading(
    "What it costs to be wrong about the future",
    "Each cell is what the strategy of that row loses on the deciding KPI, in the future of that column, against the "
    "strategy that does best there; 0 is the best. The last column is the worst of the row; the row with the least "
    "worst regret is framed.",
)
ROW_INCHES = 0.60
PANEL_INCHES = 0.95
WORDS = {"better": GOOD, "worse": BAD}
WORST_OF_ROW = "worst"
PALE = colour_map("regret", "#FFFFFF", "#F6D9CC", "#E58B66")


@styled
def differences(findings: Findings) -> Figure:
    """Return paired differences: a panel for each KPI, two beside each other, a line for each strategy."""
    kpis = findings.comparison.kpis
    columns = min(len(kpis), 2)
    n_rows = -(-len(kpis) // columns)
    height = 0.9 + n_rows * (PANEL_INCHES + ROW_INCHES * len(findings.others))
    fig = page(DIFFERENCES.title, against(findings, "Paired differences"), height=height)
    grid = fig.add_gridspec(n_rows, columns)
    for i, kpi in enumerate(kpis):
        unit = unit_of(kpi, findings.currency, difference=True)
        title = f"{kpi_words(kpi)}{f' [{unit}]' if unit else ''}, {BETTER[KPIS[kpi].better]}"
        difference_panel(fig.add_subplot(grid[i // columns, i % columns]), findings, kpi, title=title)
    return fig


def difference_panel(axes: Axes, findings: Findings, kpi: str, *, title: str) -> None:
    """Draw the differences of one KPI with their verdicts."""
    table = findings.differences
    own = table[table["kpi"] == kpi]
    places = from_top(len(own))
    look: Look = {"fontsize": 8, "va": "bottom", "ha": "left", "zorder": 6}
    look["bbox"] = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    for y, (_, row) in zip(places, own.iterrows(), strict=True):
        _line(axes, row, float(y), findings.colours[str(row["strategy"])])
        colour = WORDS.get(str(row["verdict"]), INK)
        at, where = (0.0, y + 0.16), axes.get_yaxis_transform()
        note(axes, _words(row, findings.currency), at, (4, 0), xycoords=where, color=colour, **look)
    zero_line(axes)
    rows(axes, places, labels(own["strategy"]).values())
    axes.set_ylim(-0.45, len(own) - 0.28)
    axes.spines["left"].set_visible(False)
    axes.set_title(title)
    _scale(axes, own, kpi)


def _words(row: pd.Series, currency: str) -> str:
    """Return difference, verdict and replications; what would have been seen on a line of its own."""
    if not int(row["n"]):
        return "no value to compare"
    verdict, seen = str(row["verdict"]), detectable_words(row, currency)
    if row["identical"]:
        verdict = "equal in every replication"
    elif verdict == NO_DIFFERENCE and seen:
        verdict += f"\n(above {seen} would have been seen)"
    return f"{difference_words(row, currency)}, n = {int(row['n'])}: {verdict}"


def _line(axes: Axes, row: pd.Series, y: float, colour: str) -> None:
    if np.isfinite(row["low"]):
        axes.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=2.4, marker="|", markersize=9, zorder=4)
    if np.isfinite(row["difference"]):
        axes.plot([row["difference"]], [y], marker="o", markersize=5.5, color=colour, markeredgecolor="white", zorder=5)


def _scale(axes: Axes, table: pd.DataFrame, kpi: str) -> None:
    """Show every interval and zero; an axis without any value has no numbers."""
    values = np.append(table[["low", "high", "difference"]].to_numpy(dtype=np.float64).ravel(), 0.0)
    low, high = np.nanmin(values), np.nanmax(values)
    if not low < high:
        axes.set_xlim(-1.0, 1.0)
        axes.set_xticks([0.0], ["0"])
        return
    room = 0.06 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    kpi_axis(axes, kpi)
    axes.tick_params(axis="x", colors=MUTED, labelcolor=INK)


def kpi_axis(axes: Axes, kpi: str) -> None:
    """Show differences of a KPI along the horizontal axis; of a share in points."""
    if KPIS[kpi].unit == "share":
        points_axis(axes.xaxis)
    else:
        number_axis(axes.xaxis)


@styled
def chance(findings: Findings) -> Figure:
    """Return the chance to be the best: a bar for each strategy, the baseline included."""
    table, name = findings.chances, kpi_words(findings.deciding)
    if table["chance"].isna().all():
        return nothing(CHANCE.title, f"{name} has no better direction, or fewer than two replications have it.")
    ordered = table.sort_values("chance", ascending=True, kind="stable")
    places, what = np.arange(len(ordered)), f"{name}; {int(table['n'].max())} replications that all have"
    axes = page(CHANCE.title, what, height=1.3 + 0.42 * len(ordered)).add_subplot()
    colours = [findings.colours[str(s)] for s in ordered["strategy"]]
    axes.barh(places, ordered["chance"], height=0.62, color=colours)
    for y, size in zip(places.tolist(), ordered["chance"], strict=True):
        note(axes, chance_words(size), (size, y), (5, 0), va="center", fontsize=9, color=INK)
    rows(axes, places, labels(ordered["strategy"]).values())
    axes.set_xlim(0, 1.09)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    return axes.figure  # type: ignore[return-value]


@styled
def tradeoff(findings: Findings) -> Figure:
    """Return the scatter of mean share and profit, and the panel of risk."""
    table = findings.tradeoff.dropna(subset=[SHARE, PROFIT])
    if table.empty:
        return nothing(TRADEOFF.title, "No strategy has both a market share and a profit.")
    what, n_tail = f"Means of {findings.comparison.replications} replications", float(table["n_tail"].max())
    said = f"The worst twentieth rests on {n_tail:g} replications."
    if n_tail < 1:
        said = f"Fewer than {round(1 / WORST)} replications: the worst twentieth is the single worst replication."
    fig = page(TRADEOFF.title, what, height=max(4.2, 2.4 + 0.36 * len(table)), note=said)
    left, right = fig.subplots(1, 2, width_ratios=[1.25, 1.0])
    _scatter(left, findings, table)
    left.set_ylabel("Market share (units)")
    _risk(right, findings, table)
    for axes in (left, right):
        axes.set_xlabel(f"Profit [{findings.currency}]")
        number_axis(axes.xaxis)
    return fig


def _scatter(axes: Axes, findings: Findings, table: pd.DataFrame) -> None:
    for _, row in table[::-1].iterrows():
        size, alpha, edge, order = (110, 1.0, INK, 5) if row["efficient"] else (60, 0.55, "white", 4)
        look: Look = {"alpha": alpha, "edgecolors": edge, "linewidths": 1.4, "zorder": order}
        axes.scatter(row[PROFIT], row[SHARE], s=size, color=findings.colours[str(row["strategy"])], **look)
    front = table[table["efficient"].astype(bool)].sort_values(PROFIT)
    axes.plot(front[PROFIT], front[SHARE], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)), zorder=2)
    axes.margins(0.16, 0.18)
    axes.grid(True, axis="both")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    percent_axis(axes)
    _names(axes, table)
    axes.set_title("Efficient strategies are ringed")


def _names(axes: Axes, table: pd.DataFrame) -> None:
    """Write each point's names once; strategies on one spot share a label.

    On the right they stand left and below, where the line of efficient strategies does not pass.
    """
    middle = float(table[PROFIT].min() + table[PROFIT].max()) / 2
    shown = told_apart(map(str, table["strategy"]), LONGEST)
    for _, own in table.groupby([PROFIT, SHARE], sort=False):
        x, y = float(own[PROFIT].iloc[0]), float(own[SHARE].iloc[0])
        names = [shown[str(s)] for s in own["strategy"]]
        text = " = ".join(names[:3]) + (f" = {len(names) - 3} more" if len(names) > 3 else "")
        way, ha, va = (1, "left", "bottom") if x <= middle else (-1, "right", "top")
        note(axes, text, (x, y), (9 * way, 5 * way), fontsize=9, color=INK, ha=ha, va=va, zorder=7)


def _risk(axes: Axes, findings: Findings, table: pd.DataFrame) -> None:
    places = from_top(len(table))
    for y, (_, row) in zip(places, table.iterrows(), strict=True):
        colour = findings.colours[str(row["strategy"])]
        axes.plot([row["worst_mean"], row[PROFIT]], [y, y], color=colour, linewidth=2.0, alpha=0.5, zorder=3)
        axes.plot([row[PROFIT]], [y], marker="o", markersize=8, color=colour, zorder=5)
        axes.plot([row["worst_mean"]], [y], marker="v", markersize=8, color=colour, zorder=5)
    rows(axes, places, labels(table["strategy"]).values())
    axes.set_ylim(-0.6, len(table) - 0.4)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_title("● mean   ▼ mean of the worst twentieth")


@styled
def regret(findings: Findings) -> Figure:
    """Return the table of strategies and futures: what each loses in each against the one that is best there."""
    regrets = findings.regrets
    if regrets.empty or regrets["regret"].isna().all():
        return nothing(REGRET.title, "The scenario has no futures, or no strategy has a value in them.")
    wide = regrets.pivot(index="strategy", columns="future", values="regret")
    worst = findings.least_worst.set_index("strategy")["worst_regret"]
    table = wide.reindex(index=list(worst.index), columns=list(regrets["future"].unique()))
    table[WORST_OF_ROW] = worst
    what = f"Regret on {kpi_words(findings.deciding).lower()}; least worst regret first"
    fig = page(REGRET.title, what, height=1.75 + 0.46 * len(table))
    axes = fig.add_subplot()
    _cells(axes, table, findings)
    for i in np.flatnonzero(worst.to_numpy() == np.nanmin(worst)) if worst.notna().any() else []:
        look: Look = {"fill": False, "edgecolor": OURS, "linewidth": 2.0, "clip_on": False, "zorder": 5}
        axes.add_patch(Rectangle((-0.48, i - 0.46), table.shape[1] - 0.04, 0.92, **look))
    return fig


def _cells(axes: Axes, table: pd.DataFrame, findings: Findings) -> None:
    values, n_columns = table.to_numpy(dtype=np.float64), table.shape[1]
    top = float(np.nanmax(values))
    axes.imshow(np.nan_to_num(values), cmap=PALE, vmin=0, vmax=top if top > 0 else 1.0, aspect="auto")
    is_money = KPIS[findings.deciding].unit == "currency"
    for (i, j), value in np.ndenumerate(values):
        text = size_of(float(value), findings.deciding, findings.currency, bare=is_money) if value else "0"
        bold: Look = {} if value else {"fontweight": "bold", "family": "DejaVu Sans"}
        axes.text(j, i, text, ha="center", va="center", fontsize=9.0 if n_columns <= 7 else 7.5, **bold)
    axes.set_xticks(np.arange(n_columns), [short(str(c), max(8, 84 // n_columns)) for c in table.columns])
    axes.set_yticks(np.arange(len(table)), list(labels(table.index).values()))
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.axvline(n_columns - 1.5, color=INK, linewidth=1.2)
