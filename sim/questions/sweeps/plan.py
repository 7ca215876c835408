"""The runs of an experiment: which there are, under which keys the store has them, and cells for those it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.questions.sweeps.load import Experiment
from sim.questions.sweeps.points import Point, n_points, points_of, put, with_values
from sim.runs.cells import Cells, Group
from sim.scenario.resolved import Texts
from sim.scenario.schema import Scenario
from sim.scenario.schema.company import ComparisonSpec
from sim.strategies.plan import BASELINE

RUNS_A_GROUP: Final = 4
"""Runs that share a burn-in; few, so that workers end together and a lost group is a small loss."""
LABELS_A_SCENARIO: Final = 40
"""Strategies written into one scenario; the schema allows a hundred."""

Keys = NDArray[np.str_]
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Setting:
    """A strategy with its levers set.

    Attributes
    ----------
    label : what the strategy is called in the scenarios of the store.
    values : path → value of its own levers.
    """

    label: str
    strategy: str
    values: Point


class Plan:
    """Points, worlds and settings of an experiment.

    Parameters
    ----------
    points, strategies, replications : instead of the experiment's own.

    Attributes
    ----------
    experiment : as checked.
    points : path → value, in the order of the table.
    replications : numbers; equal numbers are equal luck.
    settings : of each point, one for each strategy.
    worlds : values of the uncertainties → the points in that world.
    """

    def __init__(
        self,
        experiment: Experiment,
        points: Sequence[Point] | None = None,
        strategies: tuple[str, ...] | None = None,
        replications: Sequence[int] | None = None,
    ) -> None:
        self.experiment = experiment if strategies is None else replace(experiment, strategies=strategies)
        spec = experiment.spec
        self.points = list(points_of(spec, experiment.seed, experiment.whole) if points is None else points)
        self.replications = list(range(spec.replications) if replications is None else replications)
        self.settings = _settings(self.experiment, self.points)
        self.worlds: dict[tuple[Any, ...], list[int]] = {}
        for number, point in enumerate(self.points):
            self.worlds.setdefault(tuple(point[path] for path in spec.uncertainties), []).append(number)
        self._texts: Texts = {}

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Number of points, strategies and replications."""
        return len(self.points), len(self.experiment.strategies), len(self.replications)

    def keys(self, progress: Report | None = None) -> Keys:
        """Return the key of every run, of `shape`; every world and setting is checked on the way.

        Raises
        ------
        InputError
            When the values of a point do not fit the schema.
        """
        keys = np.zeros(self.shape, dtype="<U32")
        self._check_settings()
        for done, (values, numbers) in enumerate(self.worlds.items(), start=1):
            world = self._world(values)
            for labels in self._chunks(numbers):
                self._fill(keys, world, labels)
            if progress is not None:
                progress(done, len(self.worlds))
        return keys

    def _fill(self, keys: Keys, world: Scenario, labels: Mapping[str, list[tuple[int, int]]]) -> None:
        cells = self._cells(world, labels)
        for label, places in labels.items():
            own = [cells.cell(label, r).key for r in self.replications]
            for point, strategy in places:
                keys[point, strategy] = own

    def groups(self, keys: Keys, missing: Iterable[str]) -> Iterator[Group]:
        """Yield cells for the keys that are missing, each key once; scenarios are made only as they are needed."""
        wanted = set(missing)
        for values, numbers in self.worlds.items():
            for labels in self._chunks(numbers):
                place = {label: places[0] for label, places in labels.items()}
                if wanted.isdisjoint(k for p, s in place.values() for k in keys[p, s].tolist()):
                    continue
                cells = self._cells(self._world(values), labels)
                for k, r in enumerate(self.replications):
                    own = {str(keys[p, s, k]): label for label, (p, s) in reversed(place.items())}
                    group = [cells.cell(label, r) for key, label in reversed(own.items()) if key in wanted]
                    wanted.difference_update(own)
                    yield from (group[i : i + RUNS_A_GROUP] for i in range(0, len(group), RUNS_A_GROUP))

    def _cells(self, world: Scenario, labels: Mapping[str, list[tuple[int, int]]]) -> Cells:
        return Cells(self._with_strategies(world, labels), self.experiment.seed, self._texts)

    def _chunks(self, numbers: Sequence[int]) -> Iterator[dict[str, list[tuple[int, int]]]]:
        """Yield label → (point, strategy) of a world's runs, so many labels at a time as fit into a scenario."""
        places: dict[str, list[tuple[int, int]]] = {}
        for number in numbers:
            for s, setting in enumerate(self.settings[number]):
                places.setdefault(setting.label, []).append((number, s))
        items = list(places.items())
        for k in range(0, len(items), LABELS_A_SCENARIO):
            yield dict(items[k : k + LABELS_A_SCENARIO])

    def _world(self, values: tuple[Any, ...]) -> Scenario:
        own, e = dict(zip(self.experiment.spec.uncertainties, values, strict=True)), self.experiment
        return with_values(e.base, own, e.targets, e.marks) if own else e.base

    def _with_strategies(self, world: Scenario, labels: Mapping[str, list[tuple[int, int]]]) -> Scenario:
        """Return the world with the settings as its strategies, and without what no run of it needs."""
        blocks: dict[str, Any] = {}
        for label, ((point, s), *_) in labels.items():
            setting = self.settings[point][s]
            if setting.strategy in world.strategies:
                blocks[label] = self._block(setting)
        update = {"strategies": blocks, "strategy": BASELINE, "futures": {}, "comparison": ComparisonSpec()}
        return world.model_copy(update=update)

    def _block(self, setting: Setting) -> Any:
        block: Any = self.experiment.base.strategies[setting.strategy]
        for path, value in setting.values.items():
            block = put(block, self.experiment.targets[path].parts[2:], value)
        return block

    def _check_settings(self) -> None:
        e = self.experiment
        for setting in {s.label: s for own in self.settings for s in own if s.values}.values():
            with_values(e.base, setting.values, e.targets, e.marks)


def _settings(experiment: Experiment, points: Sequence[Point]) -> list[list[Setting]]:
    """Return the settings of each point; equal ones are one object."""
    targets = experiment.targets
    own = {name: [p for p in experiment.spec.levers if targets[p].strategy == name] for name in experiment.strategies}
    known: dict[tuple[str, tuple[Any, ...]], Setting] = {}
    count = dict.fromkeys(own, 0)

    def setting(name: str, point: Point) -> Setting:
        values = tuple(point[path] for path in own[name])
        if (name, values) not in known:
            label = f"{name} @{count[name]}" if values else name
            count[name] += 1
            known[name, values] = Setting(label, name, dict(zip(own[name], values, strict=True)))
        return known[name, values]

    return [[setting(name, point) for name in own] for point in points]


def refuse_above(experiment: Experiment, limit: int | None) -> int:
    """Return the number of rows of the experiment's table when the budget allows them.

    Parameters
    ----------
    limit : what the user confirms instead of the file's `max_runs`.

    Raises
    ------
    InputError
        When there are more, or the points are not those of a design.
    """
    spec = experiment.spec
    if not spec.has_design:
        assert spec.study is not None
        allowed = "chooses its points itself; run the file by `arsim study`"
        raise InputError([experiment.problem(("study",), spec.study.kind, allowed)])
    n = n_points(spec) * len(experiment.strategies) * spec.replications
    most = spec.max_runs if limit is None else limit
    if n > most:
        what = f"{n_points(spec)} points × {len(experiment.strategies)} strategies × {spec.replications} replications"
        field = "max_runs" if limit is None else "--limit"
        allowed = f"are {what}, and {field} is {most}; make it smaller, or confirm it by --limit {n}"
        raise InputError([Problem(spec.name, 0, "runs", str(n), allowed)])
    return n
