"""A study as files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

from sim._version import MODEL_VERSION, __version__
from sim.questions.study import Study
from sim.report.analysis.page import Analysis, Picture, analysis_html
from sim.report.names import kpi_words
from sim.report.study.pictures import pictures_of
from sim.report.style import render
from sim.report.sweep.picture import dimension_words
from sim.report.tables import write_csv, write_json, write_parquet

FORMAT: Final = 1


def write_study(study: Study, folder: Path) -> None:
    """Write a study into a folder that the caller has made; the base scenario is the caller's to write.

    Files: report.html, figures/<picture>.png and .svg, tables/<table>.csv and .parquet, runs.parquet and .csv (every
    run that was looked at), experiment.json, and last manifest.json.
    """
    drawn = pictures_of(study)
    for place in ("figures", "tables"):
        (folder / place).mkdir(exist_ok=True)
    for picture in drawn:
        for kind in ("png", "svg"):
            (folder / "figures" / f"{picture.key}.{kind}").write_bytes(render(picture.figure, kind))
    for name, table in {**{f"tables/{n}": t for n, t in study.answer.tables.items()}, "runs": study.runs}.items():
        write_parquet(table, folder / f"{name}.parquet")
        write_csv(table, folder / f"{name}.csv")
    (folder / "report.html").write_bytes(analysis_html(_page(study, drawn)).encode("utf-8"))
    write_json(study.experiment.spec.model_dump(mode="json", exclude_unset=True), folder / "experiment.json")
    write_json(_manifest(study), folder / "manifest.json")


def _page(study: Study, drawn: list[Picture]) -> Analysis:
    e, answer = study.experiment, study.answer
    words = {path: dimension_words(e, path) for path in e.paths} | {k: kpi_words(k) for k in e.spec.outcomes}
    shown = {name: answer.brief.get(name, table) for name, table in answer.tables.items()}
    tables = {kpi_words(name): table.replace(words) for name, table in shown.items()}
    left_out = {kpi_words(name): len(answer.tables[name]) - len(table) for name, table in shown.items()}
    title = e.spec.name.replace("_", " ")
    question = e.spec.question or e.base.description
    return Analysis(title, question, answer.text, drawn, tables, answer.reading, _facts(study), words, left_out)


def _facts(study: Study) -> str:
    spec, state = study.experiment.spec, study.state
    held = "".join(f"; {path} = {value}" for path, value in spec.constants.items())
    return (
        f"{len(study.runs):,} runs looked at, {state.computed:,} computed now, {state.found:,} from the store; "
        f"root seed {study.experiment.seed}{held}"
    )


def _manifest(study: Study) -> dict[str, Any]:
    e = study.experiment
    return {
        "format": FORMAT, "version": __version__, "model_version": MODEL_VERSION, "experiment": e.spec.name,
        "study": study.kind, "question": e.spec.question, "answer": study.answer.text, "seed": e.seed,
        "strategies": list(e.strategies), "outcomes": list(e.spec.outcomes), "runs": dataclasses.asdict(study.state),
        "rows": len(study.runs), "timings_seconds": {"study": study.seconds},
    }  # fmt: skip
