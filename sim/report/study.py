"""A study as files: the answer, pictures first, then tables, on one page that opens anywhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim._version import MODEL_VERSION
from sim.questions.study import Study
from sim.report.files import manifest, write_both, write_json, write_page, write_pictures
from sim.report.pages import fill_template, on_page
from sim.report.questions import pictures_of, words_of
from sim.report.style import Picture
from sim.report.words import kpi_words, number

MOST_ROWS = 200


def write_study(study: Study, folder: Path) -> None:
    """Write a study into a folder that the caller has made; the base scenario is the caller's to write.

    Files: report.html, figures/<picture>.png and .svg, tables/<table>.csv and .parquet, runs.parquet and .csv (every
    run that was looked at), experiment.json, and last manifest.json.
    """
    drawn = list(write_pictures(pictures_of(study), folder))
    for name, table in {**{f"tables/{n}": t for n, t in study.answer.tables.items()}, "runs": study.runs}.items():
        write_both(table, folder / name)
    write_page(study_html(study, drawn), folder / "report.html")
    e = study.experiment
    write_json(e.spec.model_dump(mode="json", exclude_unset=True), folder / "experiment.json")
    facts = {
        "model_version": MODEL_VERSION,
        "experiment": e.spec.name,
        "study": study.kind,
        "question": e.spec.question,
        "answer": study.answer.text,
        "seed": e.seed,
        "strategies": list(e.strategies),
        "outcomes": list(e.spec.outcomes),
        "runs": dataclasses.asdict(study.state),
        "rows": len(study.runs),
    }
    write_json(manifest({"study": study.seconds}, **facts), folder / "manifest.json")


def study_html(study: Study, drawn: Iterable[Picture]) -> str:
    """Return the page."""
    e, answer = study.experiment, study.answer
    words = words_of(e) | {k: kpi_words(k) for k in e.spec.outcomes}
    shown = {name: answer.brief.get(name, table) for name, table in answer.tables.items()}
    context = {
        "title": e.spec.name.replace("_", " "),
        "question": e.spec.question or e.base.description,
        "answer": answer.text,
        "reading": answer.reading,
        "facts": _facts(study),
        "pictures": on_page(drawn),
        "tables": [
            table_of(kpi_words(name), table.replace(words), words, len(answer.tables[name]) - len(table))
            for name, table in shown.items()
            if len(table)
        ],
    }
    return fill_template("analysis.html.j2", context, styles=["templates/report.css"])


def _facts(study: Study) -> str:
    spec, state = study.experiment.spec, study.state
    held = "".join(f"; {path} = {value}" for path, value in spec.constants.items())
    return (
        f"{len(study.runs):,} runs looked at, {state.computed:,} computed now, {state.found:,} from the store; "
        f"root seed {study.experiment.seed}{held}"
    )


def table_of(title: str, frame: pd.DataFrame, words: Mapping[str, str], left_out: int = 0) -> dict[str, Any]:
    """Return title, column heads and cells as text; numbers stand right, rows beyond `MOST_ROWS` are left out.

    Parameters
    ----------
    words : column → words; the name as words when absent.
    left_out : rows that the frame itself leaves out.
    """
    shown = frame.head(MOST_ROWS)
    return {
        "title": title,
        "columns": [words.get(str(c), kpi_words(str(c))) for c in frame.columns],
        "numeric": [pd.api.types.is_numeric_dtype(t) and not pd.api.types.is_bool_dtype(t) for t in frame.dtypes],
        "rows": [[_cell(v) for v in row] for row in shown.itertuples(index=False)],
        "left_out": left_out + len(frame) - len(shown),
    }


def _cell(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if not isinstance(value, int | float | np.number):
        return str(value)
    size = float(value)
    if np.isinf(size):
        return "no bound"
    # a p-value of 2e-12 is not 0.00
    return f"{size:.2g}".replace("-", "−") if 0.0 < abs(size) < 0.1 else number(size)
