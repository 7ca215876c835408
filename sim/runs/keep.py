"""What is kept of a cell's run: all its tables, its measured tables, the values of some KPIs, or other numbers."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from sim.engine import Session, burn_in
from sim.metrics.catalogue import KPIS
from sim.runs.arms import Arms, Replication, measured, narrowed
from sim.runs.cells import Cell
from sim.runs.store import Facts, Store

R = TypeVar("R")


class Start:
    """The market of cells that share a burn-in, simulated when it is first asked for."""

    def __init__(self) -> None:
        self._of: tuple[int, int, int] | None = None
        self._saved = b""

    def session(self, cell: Cell, strategy: str | None = None) -> Session:
        """Return the market at the end of the burn-in, about to follow the cell's strategy or another one."""
        if self._of != cell.start:
            self._saved = burn_in(cell.scenario, seed=cell.seed, replication=cell.luck)
            self._of = cell.start
        return Session.restore(cell.scenario, self._saved, strategy=cell.strategy if strategy is None else strategy)


class Keep(ABC, Generic[R]):
    """How a cell is run, what of it goes into the store, and what goes back to whoever asked.

    An object of this kind travels to the workers, so its class must be importable there.

    Attributes
    ----------
    part : what is made of the run when it is not only measured; '' for a plain run.
    """

    part: ClassVar[str] = ""

    def key(self, cell: Cell) -> str:
        """Return the key under which the store has it."""
        return cell.key

    @abstractmethod
    def run(self, cell: Cell, start: Start) -> Any:
        """Run a cell, in a worker, and return what is to be kept of it."""

    @abstractmethod
    def write(self, store: Store, key: str, made: Any, facts: Facts, cell: Cell) -> None:
        """Keep what was made of a cell."""

    @abstractmethod
    def found(self, store: Store, keys: Sequence[str]) -> dict[str, R]:
        """Return what goes back of those of the keys of which the store has enough."""

    def result(self, made: Any) -> R:
        """Return what goes back; all that was made, when nothing else is said."""
        back: R = made
        return back


@dataclass(frozen=True)
class Whole(Keep[Replication]):
    """All tables of a run, and every KPI of it for later comparisons.

    Attributes
    ----------
    progress : called with the days done after each; only where the run is computed in this process.
    """

    progress: Callable[[int], None] | None = field(default=None, compare=False)

    def run(self, cell: Cell, start: Start) -> Replication:  # noqa: ARG002 - its burn-in is part of the tables
        """Run from the first morning of the burn-in, so that every day is seen."""
        began = time.perf_counter()
        session = Session(cell.scenario, seed=cell.seed, replication=cell.luck, strategy=cell.strategy)
        built = time.perf_counter()
        while not session.finished:
            session.step()
            if self.progress is not None:
                self.progress(session.day)
        tables = session.observe()
        return Replication(tables, list(session.census_notes), built - began, time.perf_counter() - built)

    def write(self, store: Store, key: str, made: Replication, facts: Facts, cell: Cell) -> None:
        """Keep the tables, and what a comparison would keep."""
        store.put_tables(key, made, facts)
        store.put(key, measured(cell.scenario, cell.seed, made.tables), facts, cell.scenario)

    def found(self, store: Store, keys: Sequence[str]) -> dict[str, Replication]:
        """Return the tables of those runs that another `Whole` kept."""
        return store.get_tables(keys)


@dataclass(frozen=True)
class _Measuring(Keep[R]):
    """Runs a cell from its burn-in and measures it.

    Attributes
    ----------
    kpis : that go back.
    every_kpi : whether all of the catalogue are computed and kept, for later questions.
    details : whether to measure territories, days and decisions besides the KPIs.
    """

    kpis: tuple[str, ...]
    every_kpi: bool = False
    details: bool = True

    @property
    def computed(self) -> tuple[str, ...]:
        """KPIs that are computed."""
        return tuple(KPIS) if self.every_kpi else self.kpis

    def run(self, cell: Cell, start: Start) -> Any:
        """Run from the end of the burn-in, and measure."""
        session = start.session(cell)
        session.step(session.calendar.n_days)
        return measured(session.scenario, session.seed, session.observe(), self.computed, self.details)

    def write(self, store: Store, key: str, made: Any, facts: Facts, cell: Cell) -> None:
        """Keep the measured tables."""
        store.put(key, made, facts, cell.scenario)


@dataclass(frozen=True)
class Measured(_Measuring[Arms]):
    """The measured tables of a run."""

    def found(self, store: Store, keys: Sequence[str]) -> dict[str, Arms]:
        """Return the tables of runs that were measured by all these KPIs."""
        enough = [key for key, values in store.kpis(keys).items() if values.keys() >= set(self.computed)]
        return {key: narrowed(arms, self.kpis) for key, arms in store.read(enough).items()}

    def result(self, made: Arms) -> Arms:
        """Return the tables with the KPIs asked for."""
        return narrowed(made, self.kpis) if self.every_kpi else made


@dataclass(frozen=True)
class Values(_Measuring[tuple[float, ...]]):
    """The values of some KPIs; the store gets the measured tables, and has the values in its catalogue."""

    def found(self, store: Store, keys: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """Return the values of runs that have them all, without reading a file."""
        every = store.kpis(keys)
        return {k: tuple(v[kpi] for kpi in self.kpis) for k, v in every.items() if v.keys() >= set(self.kpis)}

    def result(self, made: Arms) -> tuple[float, ...]:
        """Return the values."""
        values = made.values
        return tuple(values[kpi] for kpi in self.kpis)


class Numbers(Keep[tuple[float, ...]]):
    """Base of other functions of a cell that give numbers.

    They are kept under a key of their own: a digest of the cell's key and of everything else that they depend on.
    """

    def write(self, store: Store, key: str, made: tuple[float, ...], facts: Facts, cell: Cell) -> None:
        """Keep the numbers."""
        store.put_values(key, made, facts, cell.scenario)

    def found(self, store: Store, keys: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """Return the numbers that were kept."""
        return store.get_values(keys)
