"""What the tables of effects are made of: small base markets, runs that are shared, rows, and how a row is checked."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import pandas as pd

from sim.engine import Session
from sim.scenario.schema import Scenario
from sim.world.world import World
from tests.markets import ALL_OFF, merged

Changes = Mapping[str, Any]
PULLS = "pulls"
"""Under this name a base says which levers are pulled before the first day; a value may say where."""

QUIET: dict[str, Any] = {
    "name": "quiet",
    "calendar": {"burn_in_days": 0, "duration_days": 14},
    "territories": {"generate": {"n": 1, "radius_km": 5.0}},
    "outlets": {"generate": {"n": 12, "towns_per_territory": 1}},
    "rivals": {"generate": None, "list": [{"id": "R1"}]},
    "products": {"generate": {"per_brand": 1}},
    "team": {"generate": {"n": 1}},
    "retail": {"listing": {"initial_intercept": 20.0, "initial_size": 0.0}},
    "mechanisms": ALL_OFF,
}
"""Twelve shops of one town that list everything, one product each of ours and of one rival, and nothing that moves."""


def on(*switches: str) -> dict[str, Any]:
    """Switch mechanisms on that the quiet market leaves off."""
    return {"mechanisms": dict.fromkeys(switches, True)}


def days(measured: int, burn_in: int = 0) -> dict[str, Any]:
    """Length of a run."""
    return {"calendar": {"burn_in_days": burn_in, "duration_days": measured}}


class Market:
    """One market of a base, built and run when somebody looks."""

    def __init__(self, scenario: Scenario, pulls: Mapping[str, Any] | None = None) -> None:
        self.scenario = scenario
        self._pulls = pulls or {}

    def _session(self) -> Session:
        session = Session(self.scenario)
        for lever, value in self._pulls.items():
            for pulled in value if isinstance(value, list) else [value]:
                where = dict(pulled) if isinstance(pulled, Mapping) else {"value": pulled}
                session.pull(lever, where.pop("value"), **where)
        return session

    @cached_property
    def opening(self) -> World:
        """The world before its first morning."""
        return self._session().world

    @cached_property
    def session(self) -> Session:
        """The session after its last midnight."""
        session = self._session()
        session.step(session.calendar.n_days)
        return session

    @property
    def world(self) -> World:
        """The world after its last midnight."""
        return self.session.world

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What was recorded."""
        return self.session.observe()


Measure = Callable[[Market], float]
Expect = Callable[[float, float], bool]


@dataclass(frozen=True)
class Row:
    """One field and what it does.

    Attributes
    ----------
    path : the field, with numbers of list items and names of mappings; or `lever:name`.
    low, high : its two values; `...` for the low one leaves what the base says.
    base : the changes that make the market in which it matters.
    measure : what is measured, as close to the mechanism as can be.
    expect : whether the measure of the low and of the high value stand as they should.
    balance : a field that takes what this one is given, where several must sum to 1.
    """

    path: str
    low: Any
    high: Any
    base: Changes
    measure: Measure
    expect: Expect
    balance: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.path}{' ' + self.note if self.note else ''}"

    @property
    def pattern(self) -> str:
        """The path with `*` for items of lists, as documentation writes it."""
        return ".".join("*" if part.isdigit() else part for part in self.path.split("."))

    def check(self) -> None:
        """Measure both markets and hold them against the expectation."""
        low, high = (float(self.measure(self.market(value))) for value in (self.low, self.high))
        assert self.expect(low, high), f"{self.path}: {low:.6g} at {self.low!r}, {high:.6g} at {self.high!r}"

    def market(self, value: Any) -> Market:
        """The base with this value in place."""
        if self.path.startswith("lever:"):
            return run_of(self.base, lever=self.path.removeprefix("lever:"), value=value)
        return run_of(self.base, path=self.path, value=value, balance=self.balance)


def run_of(base: Changes, *, path: str = "", value: Any = ..., balance: str = "", lever: str = "") -> Market:
    """The market of a base with one field set or one lever pulled; the same one each time."""
    return _run_of(_Key((base, path, value, balance, lever)))


@dataclass(frozen=True)
class _Key:
    """Arguments of a run, told apart by what they say."""

    parts: tuple[Any, ...]
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", repr(self.parts))

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.text == other.text


@cache
def _run_of(key: _Key) -> Market:
    base, path, value, balance, lever = key.parts
    pulls = {**base.get(PULLS, {}), **({lever: value} if lever and value is not ... else {})}
    return Market(scenario_of(base, path, value, balance) if path else scenario_of(base), pulls)


def scenario_of(base: Changes, path: str = "", value: Any = ..., balance: str = "") -> Scenario:
    """The quiet market with changes and one more value, checked as any scenario."""
    plain = Scenario.model_validate(merged(QUIET, {k: v for k, v in base.items() if k != PULLS}))
    if not path or value is ...:
        return plain
    data = copy.deepcopy(plain.model_dump())
    before = put(data, path, value)
    if balance:
        put(data, balance, get(data, balance) + before - value)
    return Scenario.model_validate(data)


def get(data: Any, path: str) -> Any:
    """What stands at a dotted path of nested mappings and sequences."""
    for part in path.split("."):
        data = data[int(part)] if part.isdigit() else data[part]
    return data


def put(data: Any, path: str, value: Any) -> Any:
    """Write a value at a dotted path; returns what stood there."""
    head, _, rest = path.partition(".")
    place: Any = int(head) if head.isdigit() else head
    if not rest:
        before, data[place] = data[place], value
        return before
    if isinstance(data[place], tuple):
        data[place] = list(data[place])
    return put(data[place], rest, value)


# --- expectations -----------------------------------------------------------------------------------------------------
def up(low: float, high: float) -> bool:
    """The measure rises with the field."""
    return high > low


def down(low: float, high: float) -> bool:
    """The measure falls as the field rises."""
    return high < low


def changes(low: float, high: float) -> bool:
    """The measure is another one: two choices that have no order."""
    return high != low


def starts(low: float, high: float) -> bool:
    """Off, there is nothing of it at all; on, there is."""
    return low == 0.0 < high


def stops(low: float, high: float) -> bool:
    """Nothing is left of it at the high value."""
    return low > 0.0 == high


def up_by(least: float) -> Expect:
    """Rise by at least so much, so that another term's accidental rise does not count."""
    return lambda low, high: high - low >= least


def down_by(least: float) -> Expect:
    """Fall by at least so much."""
    return lambda low, high: low - high >= least


def times(factor: float, tolerance: float = 1e-6) -> Expect:
    """Proportional: the high measure is so many times the low one."""
    return lambda low, high: low != 0.0 and abs(high / (factor * low) - 1.0) <= tolerance


def equal(first: float, second: float, tolerance: float = 1e-9) -> Expect:
    """Both measures are known beforehand."""
    return lambda low, high: (
        abs(low - first) <= tolerance * max(1.0, abs(first))
        and abs(high - second) <= (tolerance * max(1.0, abs(second)))
    )
