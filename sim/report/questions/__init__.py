"""The pictures of questions, a file for each: `pictures(study)` of `<kind>.py` draws the study of that kind.

They are found by name, as the questions themselves are; what a question found is computed there, never here.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final

from sim.report.words import told_apart

if TYPE_CHECKING:
    from sim.questions.study import Study
    from sim.questions.sweeps.load import Experiment
    from sim.report.style import Picture

LONGEST: Final = 26
"""Latin letters of a dimension's name on a line of a picture."""
IN_TITLE: Final = 30
"""Latin letters of a strategy's name in a heading."""


def pictures_of(study: Study) -> Iterator[Picture]:
    """Draw the pictures of a study, the most telling first."""
    found: Iterator[Picture] = import_module(f"{__name__}.{study.kind}").pictures(study)
    return found


def dimension_words(experiment: Experiment, path: str) -> str:
    """Return how a picture calls a dimension: the end of its path, longer where two would look alike, and its unit."""
    from sim.questions.question import names_of

    names, unit = names_of(experiment.paths), experiment.targets[path].place.unit
    return told_apart(names.values(), LONGEST)[names[path]] + (f" [{unit}]" if unit else "")


def words_of(experiment: Experiment) -> dict[str, str]:
    """Return dimension → words, in the order of the experiment."""
    return {path: dimension_words(experiment, path) for path in experiment.paths}
