"""Reading an experiment from a file or from Python values: to what can be planned, or to every problem in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from sim.errors import InputError, Problem, nearest_name
from sim.loading import load
from sim.metrics.catalogue import KPIS
from sim.questions.question import study_problems
from sim.questions.sweeps.points import STRATEGIES, Target, levels, lever_target, with_values, world_target
from sim.questions.sweeps.schema import ExperimentSpec, RangeSpec
from sim.scenario.compose import read_kind
from sim.scenario.document import Entry, FieldPath, Mark, dotted, entry_of
from sim.scenario.fields import Place, problems_of
from sim.scenario.schema import Scenario
from sim.strategies.plan import BASELINE

PYTHON: Final = "experiment"
"""What stands for the file in messages about an experiment that was written in Python."""
SECTIONS: Final = ("levers", "uncertainties", "constants")
"""Sections whose keys are paths."""


@dataclass(frozen=True)
class Experiment:
    """A checked experiment.

    Attributes
    ----------
    spec : as written.
    base : the base scenario with the constants.
    strategies : names, in the order of the table.
    targets, marks : path of a lever or uncertainty → where it leads, and where the file states it.
    tree : the fields as written, with their marks.
    """

    spec: ExperimentSpec
    base: Scenario
    strategies: tuple[str, ...]
    targets: dict[str, Target]
    marks: dict[str, Mark]
    tree: Entry

    @property
    def seed(self) -> int:
        """Root seed of the luck."""
        return self.base.seed if self.spec.seed is None else self.spec.seed

    @property
    def paths(self) -> list[str]:
        """Paths of levers and uncertainties, in the order of the table."""
        return [*self.spec.levers, *self.spec.uncertainties]

    @property
    def whole(self) -> frozenset[str]:
        """Paths at which a whole number stands."""
        return frozenset(path for path in self.paths if self.targets[path].whole)

    def problem(self, place: FieldPath, value: object, allowed: str, nearest: str = "") -> Problem:
        """Return what is wrong at a place of the file; a lever goes by its own path, an item by its list."""
        mark = self.tree.mark_of(place)
        named = tuple(part for part in place if isinstance(part, str))
        field = dotted(named[1:] if named[0] in SECTIONS else named)
        return Problem(mark.file, mark.line, field, str(value), allowed, nearest)


Source = str | os.PathLike[str] | Mapping[str, Any] | ExperimentSpec | Experiment


def load_experiment(source: Source, scenario: Scenario | None = None) -> Experiment:
    """Read and check an experiment, its base scenario and every value that is listed or bounded in it.

    Parameters
    ----------
    source : path of the YAML file, or a mapping with the same fields, or an `ExperimentSpec`.
    scenario : the base, instead of the one that the experiment names.

    Raises
    ------
    InputError
        With every problem found: file, line, path, value, what is allowed, the nearest valid name.
    """
    if isinstance(source, Experiment):
        return source
    tree = _tree(source, scenario)
    try:
        spec = ExperimentSpec.model_validate(tree.plain(), strict=True)
    except ValidationError as error:
        raise InputError(problems_of(error, tree, start=Place(ExperimentSpec, None, {}))) from None
    base = _base(spec, tree) if scenario is None else scenario
    problems = [*_strategy_problems(spec, base, tree), *_outcome_problems(spec, tree)]
    strategies = spec.strategies or tuple(dict.fromkeys([BASELINE, *base.strategies]))
    problems += study_problems(spec, strategies, tree)
    targets, marks, found = _targets(spec, base, tree)
    if problems or found:
        raise InputError([*problems, *found])
    if spec.constants:
        base = with_values(base, spec.constants, targets, marks)
    base = base.model_copy(update={"name": spec.name})
    varied = [path for path in targets if path not in spec.constants]
    if problems := [each for path in varied for each in _value_problems(spec, base, path, targets, marks)]:
        raise InputError(dict.fromkeys(problems))
    return Experiment(spec, base, strategies, targets, marks, tree)


def _targets(
    spec: ExperimentSpec, base: Scenario, tree: Entry
) -> tuple[dict[str, Target], dict[str, Mark], list[Problem]]:
    """Return where every path leads and where it is stated, and what is wrong with the others."""
    targets: dict[str, Target] = {}
    marks: dict[str, Mark] = {}
    problems: list[Problem] = []
    for section in SECTIONS:
        for path in getattr(spec, section):
            marks[path] = tree.value[section].mark_of((path,))
            try:
                targets[path] = _target(section, path, base, marks[path])
            except InputError as error:
                problems += error.problems
    return targets, marks, problems


def _tree(source: str | os.PathLike[str] | Mapping[str, Any] | ExperimentSpec, scenario: Scenario | None) -> Entry:
    if isinstance(source, str | os.PathLike):
        tree = read_kind(os.fspath(source), "experiment")
        if (study := tree.value.get("study")) is not None and study.value is None:
            # left empty it asks nothing; absent would be a plain sweep
            study.value = {}
    else:
        values = source.model_dump(exclude_unset=True) if isinstance(source, ExperimentSpec) else dict(source)
        tree = entry_of(values, Mark(PYTHON, 0))
    if scenario is not None:
        tree.value.setdefault("scenario", Entry(scenario.name, tree.mark))
    return tree


def _base(spec: ExperimentSpec, tree: Entry) -> Scenario:
    """Load the base scenario; a path is relative to the file that names it."""
    mark = tree.mark_of(("scenario",))
    place = os.path.normpath(os.path.join(os.path.dirname(mark.file) if mark.line else "", spec.scenario))
    if not Path(place).is_file():
        folder = Path(place).parent
        names = [child.name for child in sorted(folder.glob("*.y*ml"))] if folder.is_dir() else []
        allowed = f"must be an existing scenario file, relative to this one; {place} was not found"
        near = nearest_name(Path(place).name, names)
        raise InputError([Problem(mark.file, mark.line, "scenario", spec.scenario, allowed, near)])
    return load(place)


def _target(section: str, path: str, base: Scenario, mark: Mark) -> Target:
    if section == "levers" or (section == "constants" and path.startswith(f"{STRATEGIES}.")):
        return lever_target(path, base, mark)
    return world_target(path, mark, single=section != "constants")


def _strategy_problems(spec: ExperimentSpec, base: Scenario, tree: Entry) -> Iterator[Problem]:
    names = list(dict.fromkeys([BASELINE, *base.strategies]))
    for number, name in enumerate(spec.strategies or ()):
        mark = tree.mark_of(("strategies", number))
        if name not in names:
            allowed = f"must be a strategy of the scenario; there: {', '.join(names)}"
            yield Problem(mark.file, mark.line, "strategies", f"'{name}'", allowed, nearest_name(name, names))
        elif name in (spec.strategies or ())[:number]:
            yield Problem(mark.file, mark.line, "strategies", f"'{name}'", "stands twice; keep one")
    tried = spec.strategies or names
    if not set(tried) <= set(names):
        return
    for path in spec.levers:
        named = [name for name in base.strategies if path.startswith(f"{STRATEGIES}.{name}.")]
        if named and not set(named) & set(tried):
            mark = tree.value["levers"].mark_of((path,))
            yield Problem(mark.file, mark.line, path, f"'{named[0]}'", "is not among the strategies that are run")


def _outcome_problems(spec: ExperimentSpec, tree: Entry) -> Iterator[Problem]:
    for number, name in enumerate(spec.outcomes):
        mark = tree.mark_of(("outcomes", number))
        if name not in KPIS:
            near = nearest_name(name, KPIS)
            yield Problem(
                mark.file, mark.line, "outcomes", f"'{name}'", "must be a KPI of the catalogue, see `arsim kpis`", near
            )
        elif name in spec.outcomes[:number]:
            yield Problem(mark.file, mark.line, "outcomes", f"'{name}'", "stands twice; keep one")


def _value_problems(
    spec: ExperimentSpec, base: Scenario, path: str, targets: Mapping[str, Target], marks: Mapping[str, Mark]
) -> list[Problem]:
    """Check every listed value, or the bounds of a distribution, against the field."""
    own = {**spec.levers, **spec.uncertainties}[path]
    target, mark = targets[path], marks[path]
    if not own.is_listed and target.place.kind not in {int, float}:
        allowed = "has no numbers to draw from; give a list of values"
        return [Problem(mark.file, mark.line, path, str(own.distribution), allowed)]
    for value in _extremes(own, target.whole):
        try:
            with_values(base, {path: value}, targets, marks)
        except InputError as error:
            return [_at(problem, mark, path) for problem in error.problems]
    return []


def _extremes(own: RangeSpec, whole: bool) -> list[Any]:
    if own.is_listed:
        return levels(own, whole)
    # A normal distribution without bounds is checked point by point, when the points are known.
    bounds = [v for v in (own.low, own.high) if v is not None]
    return [int(v) if whole and float(v).is_integer() else v for v in bounds]


def _at(problem: Problem, mark: Mark, path: str) -> Problem:
    """Name the experiment's own line and path, and the field of the rule that was broken when it is another."""
    allowed = problem.allowed if problem.field.endswith(path) else f"{problem.field}: {problem.allowed}"
    return Problem(mark.file, mark.line, path, problem.value, allowed, problem.nearest)
