"""The runs behind one map: what decides, where it turns, is it so on fresh luck, and through what."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

import sim
from sim.engine import Session
from sim.metrics.interval import half_width
from sim.questions.atlas.chart import Map, map_of
from sim.questions.atlas.words import spoken
from sim.questions.boundary import NORMAL
from sim.questions.question import differences
from sim.questions.study import Runner, run_study
from sim.questions.sweeps.load import Experiment, load_experiment
from sim.questions.sweeps.points import plain, with_values
from sim.questions.sweeps.sweep import How
from sim.questions.why import explain_gain
from sim.runs.arms import measured
from sim.runs.store import Store
from sim.statistics.space import DIFFERENCE, draws
from studies.questions.pages import ROOT, fingerprint

FOLDER: Final = ROOT / "scenarios" / "atlas"
REASON: Final = re.compile(r"^  (?P<path>[\w.]+): \{(?P<range>.*)\}   # (?P<reason>.*)$", re.MULTILINE)
"""A line of an experiment file that states a range and its reason."""
REPLICATIONS, POINTS = 3, 16
FRESH: Final = range(1000, 1020)
"""Replications that no study before has seen: 20 pairs on fresh luck."""
APART: Final = 0.08
"""Least distance of a confirming point from every point that found the line, in parts of the plane's side."""
MECHANISMS: Final = ("learning", "listing", "relation", "shelf", "advertising", "retaliation")
"""What the gain is split into: the parts that these strategies can work through. [of sim.questions.why]"""
CANARY: Final = (10, 28)
"""Days of burn-in and of the run by which a change of the model is noticed."""


def ranges_of(name: str) -> list[dict[str, str]]:
    """Return the candidates of a principle as its file states them: path, range, reason."""
    text = (FOLDER / "matters" / f"{name}.yaml").read_text(encoding="utf-8")
    return [found.groupdict() for found in REASON.finditer(text)]


def screening(name: str, store: Store, how: How) -> list[dict[str, Any]]:
    """Return what moves the difference between the arms, the most telling first: path, mu_star, low, high, sigma."""
    found = run_study(load_experiment(FOLDER / "matters" / f"{name}.yaml"), store, how)
    table = found.answer.tables["sensitivity"]
    own = table[table["outcome"] == DIFFERENCE].sort_values("mu_star", ascending=False, kind="stable")
    return [
        {"path": row["dimension"]} | {c: _rounded(row[c]) for c in ("mu_star", "low", "high", "sigma")}
        for row in own.to_dict("records")
    ]


def write_experiment(name: str, axes: Sequence[str]) -> Path:
    """Write the experiment file of a map: two of the candidates, with the ranges that were stated before any run."""
    matters = YAML(typ="safe").load((FOLDER / "matters" / f"{name}.yaml").read_text(encoding="utf-8"))
    a, b = matters["strategies"]
    stated = {row["path"]: row for row in ranges_of(name)}
    lines = [
        f"# Where on two of the six unknowns in ../matters/{name}.yaml `{a}` stops beating `{b}`, with the ranges",
        "# stated there. Made by studies/atlas/make.py.",
        f"name: {name}",
        f"question: Where does {spoken(a)} stop beating {spoken(b)}?",
        f"scenario: ../{name}.yaml",
        f"strategies: [{a}, {b}]",
        "uncertainties:",
        *(f"  {path}: {{{stated[path]['range']}}}   # {stated[path]['reason']}" for path in axes),
        "outcomes: [profit_with_end_value, profit_manufacturer]",
        f"replications: {REPLICATIONS}",
        "study:",
        f"  boundary: {{between: [{a}, {b}], budget: {POINTS}}}",
    ]
    file = FOLDER / "maps" / f"{name}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def charted(experiment: Experiment, store: Store, how: How, names: Mapping[str, str]) -> tuple[Map, dict[str, Any]]:
    """Return the map of an experiment, and what plain profit says at the same points.

    Parameters
    ----------
    names : path → what a reader calls the axis.
    """
    found = run_study(experiment, store, how)
    chart = map_of(found)
    axes = tuple(replace(axis, name=names.get(axis.path, axis.name)) for axis in chart.axes)
    runs = found.runs.assign(point=found.runs.groupby(["call", "point"]).ngroup())
    gaps = [differences(runs, *chart.between, kpi)[DIFFERENCE] for kpi in experiment.spec.outcomes[:2]]
    profit = {"points": len(gaps[0]), "same_side": int(((gaps[0] > 0) == (gaps[1] > 0)).sum())}
    return replace(chart, axes=(axes[0], axes[1])), profit


def fresh_points(chart: Map, seed: int, each: int = 2) -> list[tuple[float, float]]:
    """Return points drawn at random where the map is sure of a side, up to `each` a side, away from the runs."""
    n = len(chart.axes[0].values)
    unit = np.linspace(0.0, 1.0, n)
    ran = np.array([[axis.place(v) for axis, v in zip(chart.axes, row[:2], strict=True)] for row in chart.runs])
    x, y = np.meshgrid(unit, unit)
    far = np.min(np.hypot(x[..., None] - ran[:, 0], y[..., None] - ran[:, 1]), axis=-1) > APART
    lot = draws(seed, "points of the atlas on fresh luck", n * n).reshape(n, n)
    found = []
    sure = chart.mean / chart.deviation
    for side in (sure, -sure):
        ahead = side[(side > 0) & far]
        # where the map is nowhere clear, in the surest quarter of the side
        least = min(NORMAL, float(np.quantile(ahead, 0.75))) if len(ahead) else NORMAL
        clear = side >= least
        rows, columns = np.nonzero(clear & far)
        chosen = np.argsort(lot[rows, columns])[:each]
        found += [(chart.axes[0].values[columns[k]], chart.axes[1].values[rows[k]]) for k in chosen]
    return found


def confirmed(experiment: Experiment, chart: Map, store: Store, how: How) -> list[dict[str, Any]]:
    """Return fresh pairs at points that the map calls clear: x, y, told (difference of the map), mean, low, high, n."""
    points = [_on_paths(experiment, chart, point) for point in fresh_points(chart, experiment.seed)]
    if not points:
        return []
    with Runner(experiment, store, how) as runner:
        runs = runner.table(pd.DataFrame(points), chart.between, FRESH)
    wide = runs.pivot(index=["point", "replication"], columns="strategy", values=chart.kpi)
    gap = wide[chart.between[0]] - wide[chart.between[1]]
    rows = []
    for k, point in enumerate(points):
        values = gap.loc[k].to_numpy()
        mean, half = float(values.mean()), float(half_width(values))
        x, y = (point[axis.path] for axis in chart.axes)
        told = chart.at(x, y)[0]
        row = {"x": x, "y": y, "told": told, "mean": mean, "low": mean - half, "high": mean + half, "n": len(values)}
        rows.append({key: _rounded(value) for key, value in row.items()})
    return rows


def parts(experiment: Experiment, chart: Map, store: Store, how: How, replications: int) -> dict[str, Any]:
    """Return through what the difference comes at the middle of the side that is the smaller one: x, y, parts."""
    point = _on_paths(experiment, chart, _middle_of_smaller(chart))
    at = with_values(experiment.base, point, experiment.targets, experiment.marks)
    a, b = chart.between
    table = explain_gain(
        at,
        a,
        baseline=b,
        kpi=chart.kpi,
        replications=replications,
        mechanisms=MECHANISMS,
        workers=how.workers,
        store=store,
    )
    rows = [{k: _rounded(v) for k, v in row.items()} for row in table.to_dict("records")]
    return {"x": point[chart.axes[0].path], "y": point[chart.axes[1].path], "parts": rows}


def _middle_of_smaller(chart: Map) -> tuple[float, float]:
    """Return the place of the median difference on the smaller side of the plane, or of all of it where it is one."""
    side = chart.mean > 0 if 0 < chart.share <= 0.5 else chart.mean < 0
    side = side if side.any() else ~side
    rows, columns = np.nonzero(side)
    k = np.argsort(chart.mean[side], kind="stable")[len(rows) // 2]
    return chart.axes[0].values[columns[k]], chart.axes[1].values[rows[k]]


def _on_paths(experiment: Experiment, chart: Map, point: tuple[float, float]) -> dict[str, Any]:
    return {
        axis.path: plain(value, experiment.targets[axis.path].whole)
        for axis, value in zip(chart.axes, point, strict=True)
    }


def mark_of(name: str) -> str:
    """Return a digest of what the files of a map say: scenario, its bases, candidates and map, comments left out."""
    said = [fingerprint(FOLDER / f"{name}.yaml", REPLICATIONS)]
    for folder in ("matters", "maps"):
        file = FOLDER / folder / f"{name}.yaml"
        said.append(YAML(typ="safe").load(file.read_text(encoding="utf-8")) if file.exists() else "")
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


@cache
def canary(name: str, between: tuple[str, str]) -> list[float]:
    """Return what the arms earn in a few weeks of the scenario: another number says that the model is another one."""
    scenario = sim.load(FOLDER / f"{name}.yaml")
    burn_in, days = CANARY
    calendar = scenario.calendar.model_copy(update={"burn_in_days": burn_in, "duration_days": days})
    short = scenario.model_copy(update={"calendar": calendar})
    found = []
    for strategy in between:
        session = Session(short, strategy=strategy)
        session.step(burn_in + days)
        kpi = "profit_manufacturer"
        found.append(_rounded(measured(short, session.seed, session.observe(), [kpi], details=False).values[kpi]))
    return found


def _rounded(value: Any) -> Any:
    """Six significant digits are enough for a page."""
    return float(f"{value:.6g}") if isinstance(value, float) else value
