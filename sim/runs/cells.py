"""A cell is one run that is wanted: a scenario, a strategy of it, its luck. Its key says what the run is.

Keys are equal for runs that must give the same numbers, and different as soon as anything could change them.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import sim.strategies
from sim._version import MODEL_VERSION
from sim.scenario.futures import PRESENT, in_future
from sim.scenario.resolved import Texts, scenario_hash
from sim.scenario.schema import Scenario
from sim.scenario.schema.company import ComparisonSpec
from sim.strategies.base import Strategy
from sim.strategies.plan import BASELINE, plan_of
from sim.strategies.registry import source_hash

KEY_DIGITS: Final = 32
"""Hexadecimal digits of a key: 128 bits, so that no two of any number of runs share one by chance."""
NEUTRAL: Final[dict[str, Any]] = {
    "name": "market",
    "description": "",
    "replications": 1,
    "seed": 1,
    "strategies": {},
    "strategy": BASELINE,
    "futures": {},
    "comparison": ComparisonSpec(),
}
"""Fields of a scenario that change no single run: names, question, seed, who is compared."""


@dataclass(frozen=True)
class Cell:
    """One run that is wanted.

    Attributes
    ----------
    scenario : as it is run, its future and its levers applied.
    strategy : name of the strategy that is followed after the burn-in.
    seed : root seed.
    replication : number by which the question knows it.
    luck : number by which the market draws its luck; on common random numbers that of the replication.
    key : equal for equal runs, whatever they are called.
    future : name of the future that the scenario is in.
    """

    scenario: Scenario
    strategy: str
    seed: int
    replication: int
    luck: int
    key: str
    future: str = PRESENT

    @property
    def start(self) -> tuple[int, int, int]:
        """What cells have in common that share a burn-in."""
        return id(self.scenario), self.seed, self.luck


Group = Sequence[Cell]
"""Cells that share scenario, seed and luck, and so a burn-in: they run one after the other in one process."""


class Cells:
    """Makes the cells of one scenario; what they have in common is checked and hashed once.

    Parameters
    ----------
    scenario : as stated.
    seed : instead of the scenario's own.
    texts : of a scenario that this one differs from in few sections, see `sim.scenario.resolved.Texts`.
    """

    def __init__(self, scenario: Scenario, seed: int | None = None, texts: Texts | None = None) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self._texts = texts
        self._futures: dict[str, tuple[Scenario, str]] = {}
        self._plans: dict[tuple[str, str], list[Any]] = {}

    def cell(self, strategy: str, replication: int, future: str = PRESENT, luck: int | None = None) -> Cell:
        """Return one cell; its luck is that of the replication when absent.

        Raises
        ------
        InputError
            When the scenario has no such strategy or future.
        """
        scenario, market = self._in_future(future)
        number = replication if luck is None else luck
        key = digest([market, self._plan(future, strategy), self.seed, number, surroundings()])
        return Cell(scenario, strategy, self.seed, replication, number, key, future)

    def _in_future(self, future: str) -> tuple[Scenario, str]:
        if future not in self._futures:
            scenario = in_future(self.scenario, future)
            self._futures[future] = scenario, market_hash(scenario, self._texts)
        return self._futures[future]

    def _plan(self, future: str, strategy: str) -> list[Any]:
        if (future, strategy) not in self._plans:
            parts = plan_of(self._in_future(future)[0], strategy).parts
            self._plans[future, strategy] = plan_digest(parts)
        return self._plans[future, strategy]


def market_hash(scenario: Scenario, texts: Texts | None = None) -> str:
    """Return the hash of a scenario without what changes no single run."""
    return scenario_hash(scenario.model_copy(update=NEUTRAL), texts)


def plan_digest(parts: Sequence[Strategy]) -> list[Any]:
    """Return the parts of a strategy as plain values: kind, parameters, and the source that decides."""
    return [[part.kind, part.model_dump(mode="json"), _source(type(part))] for part in parts]


def _source(strategy: type[Strategy]) -> str:
    """Return the hash of the file of a user's or another package's strategy, or of all our strategies' code."""
    if strategy.__module__.startswith("sim."):
        return _our_sources()
    return source_hash(str(sys.modules[strategy.__module__].__file__))


@cache
def _our_sources() -> str:
    """Return the hash of `sim.strategies`: its files share helpers, so that a change of one counts for all kinds."""
    files = sorted(Path(next(iter(sim.strategies.__path__))).rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@cache
def surroundings() -> list[Any]:
    """Return what runs under the same key share besides the scenario: version of the model, and the platform."""
    return [
        MODEL_VERSION,
        ".".join(platform.python_version_tuple()[:2]),
        importlib.metadata.version("numpy"),
        importlib.metadata.version("numba"),
        platform.machine(),
    ]


def digest(value: Any) -> str:
    """Return the beginning of the SHA-256 of plain values."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()[:KEY_DIGITS]
