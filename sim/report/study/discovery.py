"""Discovery: the box in which one strategy wins."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import pandas as pd

from sim.questions.discovery import Split
from sim.questions.study import Study
from sim.report.analysis.page import Picture
from sim.report.analysis.plane import BOX_CAPTION, box_figure
from sim.report.style import nothing, percent, told_apart
from sim.report.sweep.picture import dimension_words

IN_TITLE: Final = 30
"""Latin letters of a strategy's name in the heading."""


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the pictures."""
    found = study.answer.found
    a, b = told_apart(found["between"], IN_TITLE).values()
    title = f"Where {a} is better than {b}"
    split: Split = found["split"]
    if found["box"] is None:
        figure = nothing(title, f"In {int(split.cases.sum())} of {len(split.cases)} worlds: there is nothing to part.")
        yield Picture("box", title, "No box was looked for.", figure)
        return
    words = _words(study)
    points, cases = split.finding
    box = dataclasses.replace(found["box"], limits={words[k]: v for k, v in found["box"].limits.items()})
    figure = box_figure(found["boxes"], box, points.rename(columns=words), cases, title=title)
    yield Picture("box", title, BOX_CAPTION + _checked(found["score"]), figure)


def _words(study: Study) -> dict[str, str]:
    """Return dimension → words; the paths where two dimensions would be called alike."""
    e = study.experiment
    words = {path: dimension_words(e, path) for path in e.paths}
    return words if len(set(words.values())) == len(words) else {path: path for path in e.paths}


def _checked(score: pd.DataFrame) -> str:
    """Say what the picture does not show: the points held out."""
    rows = score[score["of"] == "held out"]
    if rows.empty or not rows["inside"].iloc[0]:
        return ""
    row = rows.iloc[0]
    return (
        f" Shown are the points that found the box; of the {row['n']} held out {row['inside']} lie in it, "
        f"{percent(row['density'], 0)} of these are cases."
    )
