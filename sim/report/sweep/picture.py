"""Every outcome against every dimension: small panels, a colour for each strategy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from sim.metrics.catalogue import KPIS
from sim.metrics.interval import summarise
from sim.questions.question import names_of
from sim.questions.sweeps.load import Experiment
from sim.questions.sweeps.sweep import Sweep
from sim.report.comparison.pictures.look import COLOURS, labels
from sim.report.comparison.words import unit_of
from sim.report.figures.axis import number_axis, percent_axis
from sim.report.names import kpi_words
from sim.report.style import MUTED, nothing, page, short, styled, told_apart, two_lines
from sim.strategies.plan import BASELINE

TITLE: Final = "What each dimension does to each outcome"
MOST_COLUMNS, MOST_ROWS, MOST_LEVELS = 6, 4, 12
BINS: Final = 6
POINTS_A_BIN: Final = 6
LONGEST: Final = 26
NAME_INCHES: Final = 2.6
"""Width of a strategy in the legend."""


@styled
def overview(sweep: Sweep) -> Figure:
    """Return the panels: a row for each outcome, a column for each dimension."""
    e = sweep.experiment
    paths, kpis = e.paths[:MOST_COLUMNS], list(e.spec.outcomes[:MOST_ROWS])
    if sweep.table[kpis].isna().all(axis=None):
        return nothing(TITLE, "No run has finished.")
    width = max(7.5, 2.6 + 2.9 * len(paths))
    fig = page(TITLE, _subtitle(sweep, paths, kpis), height=1.5 + 2.35 * len(kpis), width=width)
    panels = fig.subplots(len(kpis), len(paths), squeeze=False, sharey="row", sharex="col")
    colours = strategy_colours(e)
    for row, kpi in enumerate(kpis):
        for column, path in enumerate(paths):
            _panel(panels[row, column], sweep.table, path, kpi, colours, _is_log(e, path))
            if row == len(kpis) - 1:
                panels[row, column].set_xlabel(two_lines(dimension_words(e, path), LONGEST))
        _outcome_axis(panels[row, 0], kpi, e.base.currency)
    names = labels(e.strategies)
    lines = [
        Line2D([], [], color=colours[name], marker="o", markersize=4.5, label=names[name]) for name in e.strategies
    ]
    fig.legend(handles=lines, loc="outside lower center", ncols=int(width // NAME_INCHES))
    return fig


def strategy_colours(experiment: Experiment) -> dict[str, str]:
    """Return strategy → colour: the baseline grey, the others strong, in their order."""
    others = [name for name in experiment.strategies if name != BASELINE]
    return {BASELINE: MUTED, **{name: COLOURS[k % len(COLOURS)] for k, name in enumerate(others)}}


def dimension_words(experiment: Experiment, path: str) -> str:
    """Return how a picture calls a dimension: the end of its path, longer where two would look alike, and its unit."""
    names, unit = names_of(experiment.paths), experiment.targets[path].place.unit
    return told_apart(names.values(), LONGEST)[names[path]] + (f" [{unit}]" if unit else "")


def _subtitle(sweep: Sweep, paths: Sequence[str], kpis: Sequence[str]) -> str:
    e = sweep.experiment
    n = e.spec.replications
    points = sweep.table["point"].nunique()
    what = f"{points} points, {n} replication{'s' * (n > 1)} of each strategy, the same luck at every point"
    marks = (
        "Lines: mean over the other dimensions, at listed values with 95 % intervals over replications; dots: points."
    )
    left = len(e.paths) - len(paths), len(e.spec.outcomes) - len(kpis)
    rest = f" Not shown: {left[0]} dimensions, {left[1]} outcomes." if any(left) else ""
    return f"{what}\n{marks}{rest}"


def _panel(axes: Axes, table: pd.DataFrame, path: str, kpi: str, colours: dict[str, str], is_log: bool) -> None:
    rows = table[["point", path, "strategy", "replication", kpi]].dropna(subset=[kpi]).rename(columns={kpi: "value"})
    levels = list(dict.fromkeys(table[path]))
    few = len(levels) <= MOST_LEVELS or not pd.api.types.is_numeric_dtype(table[path])
    named = not pd.api.types.is_numeric_dtype(table[path]) or pd.api.types.is_bool_dtype(table[path])
    for name, own in rows.groupby("strategy", sort=False):
        colour = colours[str(name)]
        if few:
            _levels(axes, own, path, levels if named else None, colour)
        else:
            _cloud(axes, own, path, colour, is_log)
    if named:
        axes.set_xticks(range(len(levels)), [short(str(v), 14) for v in levels])
    else:
        _number_scale(axes, is_log)


def _levels(axes: Axes, own: pd.DataFrame, path: str, names: list[object] | None, colour: str) -> None:
    """Draw mean and interval at every listed value."""
    each = own.groupby([path, "replication"], sort=False)["value"].mean().reset_index()
    found = summarise(each, [path])
    x = np.array([names.index(v) for v in found[path]]) if names is not None else found[path].to_numpy(dtype=float)
    order = np.argsort(x)
    x, mean, low, high = x[order], *(found[c].to_numpy(dtype=float)[order] for c in ("mean", "low", "high"))
    axes.vlines(x, low, high, color=colour, linewidth=1.3, alpha=0.6)
    axes.plot(x, mean, color=colour, marker="o", markersize=4, markeredgecolor="white", markeredgewidth=0.6)


def _cloud(axes: Axes, own: pd.DataFrame, path: str, colour: str, is_log: bool) -> None:
    """Draw the mean of every point, and the mean of bins with equally many of them."""
    points = own.groupby("point", sort=False)[[path, "value"]].mean().sort_values(path)
    x, y = points[path].to_numpy(dtype=float), points["value"].to_numpy(dtype=float)
    axes.plot(x, y, linestyle="none", marker="o", markersize=2.6, color=colour, alpha=0.35, markeredgewidth=0)
    bins = [b for b in np.array_split(np.arange(len(x)), min(BINS, max(len(x) // POINTS_A_BIN, 1))) if len(b)]
    centre = [np.exp(np.log(x[b]).mean()) if is_log else x[b].mean() for b in bins]
    axes.plot(centre, [y[b].mean() for b in bins], color=colour, linewidth=1.8)


def _is_log(experiment: Experiment, path: str) -> bool:
    spec = experiment.spec
    return {**spec.levers, **spec.uncertainties}[path].distribution == "loguniform"


def _number_scale(axes: Axes, is_log: bool) -> None:
    if is_log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}".replace("-", "−")))


def _outcome_axis(axes: Axes, kpi: str, currency: str) -> None:
    unit = unit_of(kpi, currency)
    axes.set_ylabel(short(kpi_words(kpi), LONGEST) + (f"\n[{unit}]" if unit else ""))
    if KPIS[kpi].unit == "share":
        percent_axis(axes)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
        number_axis(axes.yaxis)
