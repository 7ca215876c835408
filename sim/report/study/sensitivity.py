"""Sensitivity: what decides the choice between two strategies, then what moves the outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from sim.questions.sensitivity import column
from sim.questions.study import Study
from sim.report.analysis.page import Picture
from sim.report.analysis.sensitivity import MORRIS_CAPTION, SHARES_CAPTION, morris_figure, shares_figure
from sim.report.names import kpi_unit, kpi_words
from sim.report.style import display_width, told_apart
from sim.report.sweep.picture import dimension_words
from sim.statistics.space import BEATS, DIFFERENCE

PANELS: Final = 2
"""Panels of bars beside each other; the names of the dimensions need room."""
MOST: Final = 8
"""Maps of Morris; what is beyond them is in the table."""
IN_LINE: Final = 30
"""Latin letters of a strategy's name within a line."""
BESIDE: Final = 30
"""Latin letters that fit beside a point of a map."""
CHOICE: Final = (
    " This one is about the choice between the two strategies: a dimension that moves both alike does nothing here, "
    "however much it moves the outcome itself."
)
STEPS: Final = (
    " An effect counts 1 for a change from one strategy to the other in a step through two thirds of the range: two "
    "thirds of the effect are the share of steps that change who is better."
)


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the pictures."""
    draw = _maps if study.answer.found["method"] == "morris" else _bars
    yield from draw(study)


def _bars(study: Study) -> Iterator[Picture]:
    """Yield Sobol's shares: of the choice, then of each outcome, two strategies at a time."""
    table, words, strategies = study.answer.found["table"], _words(study), study.experiment.strategies
    if study.answer.found["between"] is not None:
        own = table[table["outcome"].isin([DIFFERENCE, BEATS])]
        varies = own.loc[own["outcome"] == BEATS, "index"].notna().any()
        title = "What decides the choice" if varies else "What moves the difference (nothing decides the choice)"
        yield Picture("choice", title, SHARES_CAPTION + CHOICE, shares_figure(own, title=title, labels=words))
    for kpi in study.experiment.spec.outcomes:
        for first in range(0, len(strategies), PANELS):
            own = table[table["outcome"].isin([column(kpi, s) for s in strategies[first : first + PANELS]])]
            title = f"What moves {_inside(kpi)}"
            key = f"{kpi}_{first // PANELS}"
            yield Picture(key, title, SHARES_CAPTION, shares_figure(own, title=title, labels=words))


def _maps(study: Study) -> Iterator[Picture]:
    """Yield Morris's maps: of the choice, then of each outcome under each strategy."""
    e, table = study.experiment, study.answer.found["table"]
    names = told_apart(e.strategies, IN_LINE)
    # they stand within the line under the heading
    words = {name: text[:1].lower() + text[1:] for name, text in _words(study).items()}
    # beside a point there is room for the name only
    words |= {p: words[p].rpartition(" [")[0] for p in e.paths if display_width(words[p]) > BESIDE}
    unit = kpi_unit(e.spec.outcomes[0], e.base.currency)
    shown, notes = [], {BEATS: CHOICE + STEPS, DIFFERENCE: CHOICE}
    if study.answer.found["between"] is not None:
        shown += [(BEATS, "What decides which strategy is better", ""), (DIFFERENCE, "What moves the difference", unit)]
    for kpi, s in product(e.spec.outcomes, e.strategies):
        what = f"What moves {_inside(kpi)} under {names[s]}"
        shown.append((column(kpi, s), what, kpi_unit(kpi, e.base.currency)))
    for number, (outcome, title, unit) in enumerate(shown[:MOST]):
        figure = morris_figure(table, outcome, title=title, unit=unit, labels=words)
        yield Picture(f"map_{number}", title, MORRIS_CAPTION + notes.get(outcome, ""), figure)


def _inside(kpi: str) -> str:
    """Return a KPI's name as it stands within a sentence."""
    return kpi.replace("_", " ")


def _words(study: Study) -> dict[str, str]:
    """Return dimension or outcome → words."""
    e, between = study.experiment, study.answer.found["between"]
    words = {path: dimension_words(e, path) for path in e.paths}
    names = told_apart(e.strategies, IN_LINE)
    words |= {column(k, s): f"{kpi_words(k)}, {names[s]}" for k, s in product(e.spec.outcomes, e.strategies)}
    if between is not None:
        a, b = (names[s] for s in between)
        words |= {BEATS: f"Which is better, {a} or {b}", DIFFERENCE: f"Difference {a} − {b}"}
    return words
