"""The key of a run: equal for runs that must give the same numbers, different as soon as anything could change them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import sim.strategies
from sim._version import MODEL_VERSION
from sim.runs.store.facts import Facts
from sim.scenario.futures import PRESENT, in_future
from sim.scenario.resolved import scenario_hash
from sim.scenario.schema import Scenario
from sim.scenario.schema.direction import ComparisonSpec
from sim.strategies.base import Strategy
from sim.strategies.plan import BASELINE, plan_of
from sim.strategies.registry import source_hash

KEY_DIGITS: Final = 32
"""Hexadecimal digits of a key: 128 bits, so that no two of any number of runs share one by chance."""


class RunKeys:
    """Keys of the runs of one scenario; what they have in common is hashed once.

    Parameters
    ----------
    scenario : as stated.
    seed : instead of the scenario's own.
    """

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self._scenario_hash = ""
        self._worlds: dict[str, tuple[Scenario, str]] = {}
        self._plans: dict[tuple[str, str], list[Any]] = {}

    def key(self, strategy: str, replication: int, future: str = PRESENT) -> str:
        """Return the key of one run.

        Raises
        ------
        InputError
            When the scenario has no such strategy or future.
        """
        market = self._world(future)[1]
        return digest([market, self._plan(future, strategy), self.seed, replication, surroundings()])

    def facts(self, strategy: str, replication: int, future: str = PRESENT) -> Facts:
        """Return what the store writes down of one run besides its numbers."""
        if not self._scenario_hash:
            self._scenario_hash = scenario_hash(self.scenario)
        return Facts(self.scenario.name, self._scenario_hash, future, strategy, self.seed, replication)

    def _world(self, future: str) -> tuple[Scenario, str]:
        if future not in self._worlds:
            world = in_future(self.scenario, future)
            self._worlds[future] = world, market_hash(world)
        return self._worlds[future]

    def _plan(self, future: str, strategy: str) -> list[Any]:
        if (future, strategy) not in self._plans:
            parts = plan_of(self._world(future)[0], strategy).parts
            self._plans[future, strategy] = plan_digest(parts)
        return self._plans[future, strategy]


def market_hash(world: Scenario) -> str:
    """Return the hash of a scenario without what changes no single run: names, question, seed, who is compared."""
    neutral: dict[str, Any] = {
        "name": "market", "description": "", "replications": 1, "seed": 1, "strategies": {}, "strategy": BASELINE,
        "futures": {}, "comparison": ComparisonSpec(),
    }  # fmt: skip
    return scenario_hash(world.model_copy(update=neutral))


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
