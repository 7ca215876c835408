"""A sweep as files: its table, every outcome against every dimension in small panels, and a page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from sim._version import MODEL_VERSION
from sim.metrics.catalogue import KPIS
from sim.metrics.interval import summarise
from sim.questions.sweeps.load import Experiment
from sim.questions.sweeps.sweep import Sweep
from sim.report.drawing import labels, number_axis, percent_axis
from sim.report.files import manifest, write_both, write_csv, write_json, write_page, write_pictures
from sim.report.pages import fill_template, on_page
from sim.report.questions import LONGEST, dimension_words
from sim.report.style import Look, Picture, nothing, page, strategy_colours, styled
from sim.report.words import kpi_unit, kpi_words, number, plain, short, two_lines, unit_of, value_words

TITLE: Final = "What each dimension does to each outcome"
CAPTION: Final = (
    "Each column is a lever or an uncertainty, each row an outcome. A line that is not level says that the dimension "
    "matters; lines that cross say that the better strategy depends on it. The other dimensions are averaged out, so "
    "dimensions that work only together do not show here. Strategies share their luck: intervals that overlap do not "
    "mean that they are alike."
)
MARKS: Final = (
    "Lines: mean over the other dimensions, at listed values with 95 % intervals over replications; dots: points."
)
DESIGNS: Final = {"grid": "every combination", "latin_hypercube": "a Latin hypercube", "sobol": "a Sobol sequence"}
MOST_FAILURES: Final = 200
MOST_COLUMNS, MOST_ROWS, MOST_LEVELS = 6, 4, 12
BINS: Final = 6
POINTS_A_BIN: Final = 6
NAME_INCHES: Final = 2.6
"""Width of a strategy in the legend."""


def write_sweep(sweep: Sweep, folder: Path, *, timings: Mapping[str, float] | None = None) -> None:
    """Write a sweep into a folder that the caller has made; the base scenario is the caller's to write.

    Files: table.parquet, table.csv, failures.csv, experiment.json, figures/overview.png and .svg, report.html, and last
    manifest.json.
    """
    e = sweep.experiment
    write_both(sweep.table, folder / "table")
    write_csv(sweep.failures, folder / "failures.csv")
    write_json(e.spec.model_dump(mode="json", exclude_unset=True), folder / "experiment.json")
    (picture,) = write_pictures([Picture("overview", TITLE, CAPTION, overview(sweep))], folder)
    write_page(sweep_html(sweep, picture), folder / "report.html")
    facts = {
        "model_version": MODEL_VERSION,
        "experiment": e.spec.name,
        "question": e.spec.question,
        "seed": e.seed,
        "strategies": list(e.strategies),
        "outcomes": list(e.spec.outcomes),
        "points": int(sweep.table["point"].nunique()),
        "rows": len(sweep.table),
        "runs": dataclasses.asdict(sweep.state),
        "failures": len(sweep.failures),
    }
    write_json(manifest({"sweep": sweep.seconds, **(timings or {})}, **facts), folder / "manifest.json")


def sweep_html(sweep: Sweep, picture: Picture) -> str:
    """Return the page."""
    e, outcomes = sweep.experiment, sweep.experiment.spec.outcomes
    context = {
        "title": e.spec.name,
        "question": e.spec.question or e.base.description,
        "facts": _facts(sweep),
        "picture": on_page([picture])[0],
        "dimensions": _dimensions(sweep),
        "outcomes": [(kpi_words(k), kpi_unit(k, e.base.currency), KPIS[k].formula) for k in outcomes],
        "ends": _ends(sweep),
        "end_columns": [kpi_words(k) for k in outcomes],
        "constants": list(e.spec.constants.items()),
        "failures": sweep.failures.head(MOST_FAILURES).to_dict("records"),
        "n_failures": len(sweep.failures),
    }
    return fill_template("sweep.html.j2", context, styles=["templates/report.css", "templates/comparison.css"])


def _facts(sweep: Sweep) -> str:
    e = sweep.experiment
    return (
        f"{sweep.table['point'].nunique()} points ({DESIGNS[e.spec.design]}), {len(e.strategies)} strategies, "
        f"{e.spec.replications} replications; root seed {e.seed}"
    )


def _dimensions(sweep: Sweep) -> list[tuple[str, str, str, str]]:
    """Return kind, name, path and values of every dimension."""
    e = sweep.experiment
    rows = []
    for path in e.paths:
        kind = "lever" if path in e.spec.levers else "uncertainty"
        own = {**e.spec.levers, **e.spec.uncertainties}[path].model_dump(exclude_none=True)
        rows.append((kind, dimension_words(e, path), path, value_words(own)))
    return rows


def _ends(sweep: Sweep) -> list[tuple[str, list[str]]]:
    """Return, by strategy, the mean over all points of each outcome with the lowest and highest mean of a point."""
    kpis = list(sweep.experiment.spec.outcomes)
    rows = []
    for name, own in sweep.table.groupby("strategy", sort=False):
        means = own.groupby("point")[kpis].mean()
        cells = [f"{number(means[k].mean())} ({number(means[k].min())} … {number(means[k].max())})" for k in kpis]
        rows.append((str(name), cells))
    return rows


@styled
def overview(sweep: Sweep) -> Figure:
    """Return the panels: a row for each outcome, a column for each dimension, a colour for each strategy."""
    e = sweep.experiment
    paths, kpis = e.paths[:MOST_COLUMNS], list(e.spec.outcomes[:MOST_ROWS])
    if sweep.table[kpis].isna().all(axis=None):
        return nothing(TITLE, "No run has finished.")
    width = max(7.5, 2.6 + 2.9 * len(paths))
    fig = page(TITLE, _subtitle(sweep), height=1.5 + 2.35 * len(kpis), width=width)
    panels = fig.subplots(len(kpis), len(paths), squeeze=False, sharey="row", sharex="col")
    colours, names = strategy_colours(e.strategies), labels(e.strategies)
    for row, kpi in enumerate(kpis):
        for column, path in enumerate(paths):
            own = sweep.table[["point", path, "strategy", "replication", kpi]].rename(columns={kpi: "value"})
            _panel(panels[row, column], own, colours, is_log=_is_log(e, path))
        _outcome_axis(panels[row, 0], kpi, e.base.currency)
    for column, path in enumerate(paths):
        panels[-1, column].set_xlabel(two_lines(dimension_words(e, path), LONGEST))
    dot: Look = {"marker": "o", "markersize": 4.5}
    lines = [Line2D([], [], color=colours[name], label=names[name], **dot) for name in e.strategies]
    fig.legend(handles=lines, loc="outside lower center", ncols=int(width // NAME_INCHES))
    return fig


def _subtitle(sweep: Sweep) -> str:
    e, n = sweep.experiment, sweep.experiment.spec.replications
    points = sweep.table["point"].nunique()
    what = f"{points} points, {n} replication{'s' * (n > 1)} of each strategy, the same luck at every point"
    left = max(len(e.paths) - MOST_COLUMNS, 0), max(len(e.spec.outcomes) - MOST_ROWS, 0)
    rest = f" Not shown: {left[0]} dimensions, {left[1]} outcomes." if any(left) else ""
    return f"{what}\n{MARKS}{rest}"


def _panel(axes: Axes, table: pd.DataFrame, colours: dict[str, str], *, is_log: bool) -> None:
    """Draw one outcome against one dimension.

    Parameters
    ----------
    table : point, the dimension, strategy, replication, value.
    """
    path = str(table.columns[1])
    levels, values = list(dict.fromkeys(table[path])), table[path]
    named = not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
    for name, own in table.dropna(subset=["value"]).groupby("strategy", sort=False):
        if named or len(levels) <= MOST_LEVELS:
            _levels(axes, own, path, levels if named else None, colours[str(name)])
        else:
            _cloud(axes, own, path, colours[str(name)], is_log=is_log)
    if named:
        axes.set_xticks(range(len(levels)), [short(str(v), 14) for v in levels])
    else:
        _number_scale(axes, is_log=is_log)


def _levels(axes: Axes, own: pd.DataFrame, path: str, names: list[object] | None, colour: str) -> None:
    """Draw mean and interval at every listed value."""
    each = own.groupby([path, "replication"], sort=False)["value"].mean().reset_index()
    found = summarise(each, [path])
    x = np.array([names.index(v) for v in found[path]]) if names is not None else found[path].to_numpy(dtype=float)
    order = np.argsort(x)
    x, mean, low, high = x[order], *(found[c].to_numpy(dtype=float)[order] for c in ("mean", "low", "high"))
    axes.vlines(x, low, high, color=colour, linewidth=1.3, alpha=0.6)
    axes.plot(x, mean, color=colour, marker="o", markersize=4, markeredgecolor="white", markeredgewidth=0.6)


def _cloud(axes: Axes, own: pd.DataFrame, path: str, colour: str, *, is_log: bool) -> None:
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


def _number_scale(axes: Axes, *, is_log: bool) -> None:
    if is_log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: plain(v)))


def _outcome_axis(axes: Axes, kpi: str, currency: str) -> None:
    unit = unit_of(kpi, currency)
    axes.set_ylabel(short(kpi_words(kpi), LONGEST) + (f"\n[{unit}]" if unit else ""))
    if KPIS[kpi].unit == "share":
        percent_axis(axes)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
        number_axis(axes.yaxis)
