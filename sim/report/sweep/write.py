"""A sweep as files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sim._version import MODEL_VERSION, __version__
from sim.metrics.catalogue import KPIS
from sim.questions.sweeps.sweep import Sweep
from sim.report.names import kpi_unit, kpi_words
from sim.report.offline import fill_template, picture_address
from sim.report.style import number, render
from sim.report.sweep.picture import TITLE, dimension_words, overview
from sim.report.tables import write_csv, write_json, write_parquet

FORMAT: Final = 1
MOST_FAILURES: Final = 200
CAPTION: Final = (
    "Each column is a lever or an uncertainty, each row an outcome. A line that is not level says that the dimension "
    "matters; lines that cross say that the better strategy depends on it. The other dimensions are averaged out, so "
    "dimensions that work only together do not show here. Strategies share their luck: intervals that overlap do not "
    "mean that they are alike."
)


def write_sweep(sweep: Sweep, folder: Path, *, timings: Mapping[str, float] | None = None) -> None:
    """Write a sweep into a folder that the caller has made; the base scenario is the caller's to write.

    Files: table.parquet, table.csv, failures.csv, experiment.json, figures/overview.png and .svg, report.html, and last
    manifest.json.
    """
    write_parquet(sweep.table, folder / "table.parquet")
    write_csv(sweep.table, folder / "table.csv")
    write_csv(sweep.failures, folder / "failures.csv")
    spec = sweep.experiment.spec.model_dump(mode="json", exclude_unset=True)
    write_json(spec, folder / "experiment.json")
    images = {kind: render(overview(sweep), kind) for kind in ("png", "svg")}
    (folder / "figures").mkdir(exist_ok=True)
    for kind, content in images.items():
        (folder / "figures" / f"overview.{kind}").write_bytes(content)
    (folder / "report.html").write_bytes(_page(sweep, images).encode("utf-8"))
    write_json(_manifest(sweep, timings or {}), folder / "manifest.json")


def _manifest(sweep: Sweep, timings: Mapping[str, float]) -> dict[str, Any]:
    e = sweep.experiment
    return {
        "format": FORMAT,
        "version": __version__,
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
        "timings_seconds": {"sweep": sweep.seconds, **timings},
    }


def _page(sweep: Sweep, images: Mapping[str, bytes]) -> str:
    e = sweep.experiment
    context = {
        "title": e.spec.name, "question": e.spec.question or e.base.description, "version": __version__,
        "facts": _facts(sweep), "picture_title": TITLE, "caption": CAPTION, "address": picture_address(images),
        "dimensions": _dimensions(sweep),
        "outcomes": [(kpi_words(k), kpi_unit(k, e.base.currency), KPIS[k].formula) for k in e.spec.outcomes],
        "ends": _ends(sweep), "end_columns": [kpi_words(k) for k in e.spec.outcomes],
        "constants": list(e.spec.constants.items()),
        "failures": sweep.failures.head(MOST_FAILURES).to_dict("records"), "n_failures": len(sweep.failures),
    }  # fmt: skip
    return fill_template("sweep.html.j2", context, styles=["templates/report.css", "templates/comparison.css"])


def _facts(sweep: Sweep) -> str:
    e = sweep.experiment
    design = {"grid": "every combination", "latin_hypercube": "a Latin hypercube", "sobol": "a Sobol sequence"}
    return (
        f"{sweep.table['point'].nunique()} points ({design[e.spec.design]}), {len(e.strategies)} strategies, "
        f"{e.spec.replications} replications; root seed {e.seed}"
    )


def _dimensions(sweep: Sweep) -> list[tuple[str, str, str, str]]:
    """Return kind, name, path and values of every dimension."""
    e = sweep.experiment
    rows = []
    for path in e.paths:
        kind = "lever" if path in e.spec.levers else "uncertainty"
        own = {**e.spec.levers, **e.spec.uncertainties}[path].model_dump(exclude_none=True)
        words = ", ".join(f"{k} {_plain(v)}" for k, v in own.items())
        rows.append((kind, dimension_words(e, path), path, words))
    return rows


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    return (
        ", ".join(_plain(v) for v in value)
        if isinstance(value, tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _ends(sweep: Sweep) -> list[tuple[str, list[str]]]:
    """Return, by strategy, the mean over all points of each outcome with the lowest and highest mean of a point."""
    kpis = list(sweep.experiment.spec.outcomes)
    rows = []
    for name, own in sweep.table.groupby("strategy", sort=False):
        means = own.groupby("point")[kpis].mean()
        cells = [f"{number(means[k].mean())} ({number(means[k].min())} … {number(means[k].max())})" for k in kpis]
        rows.append((str(name), cells))
    return rows
