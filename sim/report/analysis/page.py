"""The page of an analysis: the answer, pictures, tables; opens anywhere without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim._version import __version__
from sim.report.names import kpi_words
from sim.report.offline import fill_template, picture_address
from sim.report.style import number, render

STYLES = ("templates/report.css",)
MOST_ROWS = 200


@dataclass(frozen=True)
class Picture:
    """A picture on the page.

    Attributes
    ----------
    key : name of its anchor and, as a file, of the picture.
    title, caption : for those who can't see it, too.
    figure : the drawing.
    """

    key: str
    title: str
    caption: str
    figure: Figure


@dataclass(frozen=True)
class Analysis:
    """What a page says.

    Attributes
    ----------
    title, question, answer : the heading, what was asked, what was found; one sentence each.
    pictures : in order.
    tables : title → table; numbers are shown to three digits or so.
    reading : how to read it and what it does not hold, a sentence each.
    facts : how many points, replications, seeds; a line.
    labels : column → words.
    left_out : title → rows of the table that are in its file only.
    """

    title: str
    question: str
    answer: str
    pictures: Sequence[Picture]
    tables: Mapping[str, pd.DataFrame]
    reading: Sequence[str] = ()
    facts: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


def analysis_html(analysis: Analysis) -> str:
    """Return the page."""
    pictures = [
        {"key": p.key, "title": p.title, "caption": p.caption,
         "address": picture_address({kind: render(p.figure, kind) for kind in ("png", "svg")})}
        for p in analysis.pictures
    ]  # fmt: skip
    tables = [
        table_of(title, frame, analysis.labels, analysis.left_out.get(title, 0))
        for title, frame in analysis.tables.items()
        if len(frame)
    ]
    context = {"analysis": analysis, "pictures": pictures, "tables": tables, "version": __version__}
    return fill_template("analysis.html.j2", context, styles=STYLES)


def table_of(
    title: str, frame: pd.DataFrame, labels: Mapping[str, str] | None = None, left_out: int = 0
) -> dict[str, object]:
    """Return title, column heads and cells as text; numbers stand right, rows beyond `MOST_ROWS` are left out.

    Parameters
    ----------
    labels : column → words; the name as words when absent.
    left_out : rows that the frame itself leaves out.
    """
    words = labels or {}
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
