"""What a study is, and which there are: every file of this package that defines a `Question`, found by its name.

A file `sim/questions/NAME.py` holds one class. Its fields are what an experiment file may say under `study: NAME:`,
`most_runs` is its budget and `answer` its method; `sim/report/questions/NAME.py` draws the answer. Such a file is
loaded while the schema of experiments is made, so it imports experiments and runners for type checkers only.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import create_model, model_validator

from sim import questions
from sim.errors import InputError, Problem, nearest_name
from sim.metrics.catalogue import KPIS
from sim.questions.sweeps.points import levels, quantiles
from sim.scenario.schema.common import Spec, quantity
from sim.statistics.outcomes import sign_of, wrong
from sim.statistics.space import BEATS, DIFFERENCE, Dimension, Space

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment
    from sim.questions.sweeps.schema import ExperimentSpec, RangeSpec
    from sim.scenario.document import Entry

Pair = tuple[str, str]

NO_STUDY: Final = frozenset({"compare", "question", "study", "why"})
"""Files of this package that define no study."""
TAIL: Final = 0.005
"""Where a normal distribution without bounds is cut to either side: designs that reach to its ends need an end."""
_RULES: Final = {
    "cut": "a plan that costs more than the common budget of a month is cut: advertising, displays and promoters give "
    "way in one proportion, so that a lever that spends more takes from these",
    "refuse": "a plan that costs more than the common budget of a month is refused, and the study ends there",
    "allow": "a plan may cost more than today's, and profit carries the cost",
}


@dataclass(frozen=True)
class Answer:
    """What a question found.

    Attributes
    ----------
    text : the answer in a sentence or two.
    tables : file name → tidy table.
    brief : file name → fewer rows of a table that is too long to read, for the page.
    reading : what the answer does not hold, a sentence each.
    found : what pictures are drawn from.
    """

    text: str
    tables: Mapping[str, pd.DataFrame]
    reading: tuple[str, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)
    brief: Mapping[str, pd.DataFrame] = field(default_factory=dict)


class Question(Spec):
    """A study. Subclasses declare `asks`, what the file may say as `quantity` fields, `most_runs` and `answer`."""

    asks: ClassVar[str]
    """The question in a few words."""
    by_design: ClassVar[bool] = False
    """Whether its points are those of the experiment's design; otherwise it chooses them itself."""
    fewest_strategies: ClassVar[int] = 1
    needs_dimensions: ClassVar[bool] = True
    """Whether the experiment must have a lever or an uncertainty."""
    names: ClassVar[Mapping[str, str]] = {}
    """Field whose names (or keys) must be among the experiment's → "strategies", "outcomes" or "levers"."""

    @property
    def deciding(self) -> slice:
        """Which of the outcomes say what is better: the first one."""
        return slice(1)

    def misfits(self, spec: ExperimentSpec) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """Yield values of the experiment that this study cannot use, each with what is allowed."""
        yield from ()

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most.

        Raises
        ------
        InputError
            When the experiment cannot be used for it.
        """
        raise NotImplementedError

    def answer(self, runner: Runner) -> Answer:
        """Choose runs, run them and answer."""
        raise NotImplementedError


class StudySpec(Spec):
    """One of these questions."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        given, allowed = sorted(self.model_fields_set), ", ".join(type(self).model_fields)
        if not given:
            raise ValueError(f"give one question: {allowed}")
        if len(given) > 1:
            raise ValueError(f"give one of {allowed}, not {' and '.join(given)}")
        if getattr(self, given[0]) is None:
            raise ValueError(f"{given[0]} is empty; state its fields, or {{}} for their defaults")
        return self

    @property
    def kind(self) -> str:
        """Name of the question."""
        return next(iter(self.model_fields_set))

    @property
    def asked(self) -> Question:
        """The question."""
        found: Question = getattr(self, self.kind)
        return found


@cache
def kinds() -> dict[str, type[Question]]:
    """Return every kind of study by name: one for each file of this package that defines one."""
    found: dict[str, type[Question]] = {}
    for file in pkgutil.iter_modules(questions.__path__):
        if file.ispkg or file.name in NO_STUDY:
            continue
        module = import_module(f"{questions.__name__}.{file.name}")
        own = [t for t in vars(module).values() if isinstance(t, type) and t.__module__ == module.__name__]
        studies = [t for t in own if issubclass(t, Question)]
        if len(studies) != 1:
            raise InputError([Problem(module.__name__, 0, "study", f"{len(studies)} found", "must define exactly one")])
        found[file.name] = studies[0]
    return dict(sorted(found.items()))


def study_spec() -> type[StudySpec]:
    """Return the schema of the section `study`: a field for every kind of study."""
    fields: dict[str, Any] = {
        name: (kind | None, quantity(None, kind.asks, unit="-", source="user")) for name, kind in kinds().items()
    }
    return create_model("StudySpec", __base__=StudySpec, __doc__=StudySpec.__doc__, **fields)


def study_problems(spec: ExperimentSpec, strategies: Sequence[str], tree: Entry) -> Iterator[Problem]:
    """Yield what is wrong between the study and the rest of its experiment.

    Parameters
    ----------
    strategies : names that the experiment runs.
    tree : the experiment as written, with its lines.
    """
    if spec.study is None:
        return
    kind, asked = spec.study.kind, spec.study.asked
    yield from _name_problems(spec, strategies, tree)
    strategy = getattr(asked, "strategy", None)
    for path in spec.levers if strategy in strategies else ():
        if not path.startswith(f"strategies.{strategy}."):
            mark = tree.value["levers"].mark_of((path,))
            yield Problem(mark.file, mark.line, path, str(strategy), "is searched; must be a lever of this strategy")
    mark = tree.mark_of(("study", kind))
    if len(strategies) < asked.fewest_strategies:
        yield Problem(mark.file, mark.line, "strategies", ", ".join(strategies), f"must be two at least for {kind}")
    for value, allowed in asked.misfits(spec):
        yield Problem(mark.file, mark.line, f"study.{kind}", value, allowed)
    for number, name in enumerate(spec.outcomes[asked.deciding]):
        if name in KPIS and KPIS[name].better == "neutral":
            mark = tree.mark_of(("outcomes", number))
            allowed = f"decides the study {kind}: must be better higher or lower; a neutral KPI has no best strategy"
            yield Problem(mark.file, mark.line, "outcomes", name, allowed)


def _name_problems(spec: ExperimentSpec, strategies: Sequence[str], tree: Entry) -> Iterator[Problem]:
    """Yield names in the study's fields that the experiment does not have."""
    assert spec.study is not None
    kind, asked = spec.study.kind, spec.study.asked
    there = {"strategies": strategies, "outcomes": spec.outcomes, "levers": tuple(spec.levers)}
    for name, among in asked.names.items():
        given = getattr(asked, name)
        values: Iterable[str] = () if given is None else (given,) if isinstance(given, str) else given
        mark = tree.mark_of(("study", kind, name))
        for value in values:
            if value not in there[among]:
                allowed = f"must be one of the experiment's {among}: {', '.join(there[among]) or 'none'}"
                near = nearest_name(value, there[among])
                yield Problem(mark.file, mark.line, f"study.{kind}.{name}", value, allowed, near)
        if name == "between" and given is not None and given[0] == given[1]:
            yield Problem(mark.file, mark.line, f"study.{kind}.between", given[0], "must be two strategies")


def space_of(experiment: Experiment) -> Space:
    """Return the space of an experiment's levers and uncertainties; one of a single value has no place in it."""
    ranges = {**experiment.spec.levers, **experiment.spec.uncertainties}
    return Space(tuple(_dimension(path, own, path in experiment.whole) for path, own in ranges.items()))


def _dimension(path: str, spec: RangeSpec, whole: bool) -> Dimension:
    if spec.is_listed:
        return Dimension(path, choices=tuple(levels(spec, whole)))
    unbounded = spec.distribution == "normal"
    values = partial(_values, spec, whole, TAIL if unbounded else 0.0)
    low, high = (float(v) for v in values(np.array([0.0, 1.0]))) if unbounded else (spec.low, spec.high)
    assert low is not None
    assert high is not None
    return Dimension(path, low, high, whole=whole, log=spec.distribution == "loguniform", quantile=values)


def _values(spec: RangeSpec, whole: bool, tail: float, unit: NDArray[np.float64]) -> list[Any]:
    return quantiles(spec, tail + np.asarray(unit) * (1.0 - 2.0 * tail), whole)


def means_of(table: pd.DataFrame, strategy: str, kpis: Sequence[str]) -> pd.DataFrame:
    """Return the mean outcomes of a strategy at each point, over the replications that have a value.

    Parameters
    ----------
    table : what `Runner.table` returns: point, strategy, replication and a column for each outcome.
    """
    own = table[table["strategy"] == strategy]
    if own.empty:
        raise wrong("strategy", strategy, "must be one of the sweep")
    return own.groupby("point")[list(kpis)].mean()


def differences(table: pd.DataFrame, a: str, b: str, kpi: str) -> pd.DataFrame:
    """Return A − B at each point, replication by replication on common random numbers, positive where A is better.

    Replications that either strategy lacks are left out.

    Returns
    -------
    Index point; columns difference (mean), beats (1, ½ or 0), deviation (standard error of the difference; NaN with
    one replication), n. A point without a common replication has no row.
    """
    wide = table.pivot(index=["point", "replication"], columns="strategy", values=kpi)
    for name in (a, b):
        if name not in wide.columns:
            raise wrong("strategy", name, "must be one of the sweep")
    gap = sign_of(kpi) * (wide[a] - wide[b]).dropna()
    found = gap.groupby(level="point").agg(["mean", "sem", "count"])
    beats = 0.5 + 0.5 * np.sign(found["mean"])
    return pd.DataFrame({DIFFERENCE: found["mean"], BEATS: beats, "deviation": found["sem"], "n": found["count"]})


def names_of(paths: Sequence[str]) -> dict[str, str]:
    """Return path → words: the end of the path, as long as it must be for every dimension to have a name of its own."""
    return {path: _name(path, paths) for path in paths}


def number(value: float) -> str:
    """Return a value of a dimension for a reader: 0.0123, 28.71, 1,200,000."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def interval(value: float, low: float, high: float) -> str:
    """Return a number and its interval for a reader: 1,200 (900 to 1,500)."""
    return f"{number(value)} ({number(low)} to {number(high)})"


def budget_rule(experiment: Experiment) -> str:
    """Return what happens to levers that spend more than all strategies may."""
    rule = experiment.base.direction.budget.on_excess
    return f"Money: {_RULES[rule]} (direction.budget.on_excess: {rule})."


def _name(path: str, paths: Sequence[str]) -> str:
    parts = path.split(".")
    for n in range(1, len(parts)):
        if sum(other.split(".")[-n:] == parts[-n:] for other in paths) == 1:
            return " ".join(parts[-n:]).replace("_", " ")
    return path.replace(".", " ").replace("_", " ")
