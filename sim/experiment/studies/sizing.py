"""How many people, how often to call: profit along each lever, and a map of balanced territories."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.errors import InputError, Problem
from sim.experiment.analysis.sizing import FEWEST, Sizing, size_force
from sim.experiment.analysis.territories import Territories, divide
from sim.experiment.studies.known import known_work
from sim.experiment.studies.runner import Runner, asked_of
from sim.experiment.studies.schema import SizingSpec
from sim.experiment.studies.study import Answer
from sim.experiment.studies.wording import budget_rule, interval, names_of
from sim.experiment.sweeps.load import Experiment
from sim.experiment.sweeps.ranges import levels
from sim.metrics.interval import summarise, t_quantile
from sim.scenario.schema import Scenario
from sim.strategies.budget import PriceList

MONTHS: Final = 12
CENTS: Final = 100.0
FIELDS: Final = {"advisors": "people.extra_advisors", "promoters": "people.extra_promoters"}
"""Field of the study → end of the path of its lever."""
VISITS: Final = {f"people.visit_every_days_{c}": f"every_days_{c}" for c in "abc"}
"""End of a lever's path → field of `team.visit` that says what it is today."""
SURE: Final = 0.05
"""Share of resamples at the smallest or largest size above which more sizes should be run."""
READING: Final = (
    "Each lever was moved by itself while the others stayed as today; what they do together is a question for "
    "`optimise`.",
    "Intervals allow for luck, not for the form of the curve: where the curve and what was measured differ, trust the "
    "measurement; between sizes that were run there is only the curve.",
    "The best of several values is chosen by the runs that measure it, so its gain looks a little better than it is.",
    "Territories: outlets that our people know of after the burn-in of replication 0; work by today's frequencies and "
    "the minutes of an untrained advisor; straight lines, no homes, no skills. Outlets that nobody knows are left out.",
)


@dataclass(frozen=True)
class Move:
    """A lever and the values that are tried.

    Attributes
    ----------
    role : "advisors", "promoters" or ""; those have a size, the others only a value.
    today : the value that leaves things as they are, one of `values`.
    persons : in the scenario today; 0 without a role. [persons]
    """

    path: str
    values: tuple[Any, ...]
    today: Any
    role: str = ""
    persons: int = 0


def most_runs(experiment: Experiment) -> int:
    """Return how many runs the study needs at most.

    Raises
    ------
    InputError
        When a lever has no value of today among those listed, too few sizes, or the first outcome is no profit.
    """
    return len(points_of(moves_of(experiment))) * experiment.spec.replications


def answer(runner: Runner) -> Answer:
    """Move every lever by itself, fit the responses, and divide the known outlets among the best number of advisors."""
    e = runner.experiment
    asked, moves = asked_of(e, SizingSpec), moves_of(e)
    years = e.base.calendar.duration_days / 365.0
    kpi = e.spec.outcomes[0]
    runs = runner.table(points_of(moves), [asked.strategy])
    runs = runs.assign(profit=runs[kpi] / years)
    gains = {m.path: _gains(runs, m, moves) for m in moves}
    sizings = {m.role: _sized(m, runs, moves, e, asked) for m in moves if m.role}
    rows = [_sizing_row(m, sizings[m.role], gains[m.path]) for m in moves if m.role]
    others = [gains[m.path] for m in moves if not m.role]
    sizing, visits = pd.DataFrame(rows), pd.concat(others, ignore_index=True) if others else pd.DataFrame()
    tables = {"response": _response(runs, moves)}
    tables |= {name: table for name, table in (("sizing", sizing), ("visits", visits)) if len(table)}
    territories = _territories(e, asked, sizings)
    if territories is not None:
        tables |= {"territories": _numbered(territories.advisors), "outlets": _numbered(territories.outlets)}
    found = {"sizings": sizings, "visits": visits, "territories": territories}
    return Answer(_text(sizing, visits, territories), tables, (*_of_years(years), *READING, budget_rule(e)), found)


def moves_of(experiment: Experiment) -> tuple[Move, ...]:
    """Return the levers with their values, today's among them.

    Raises
    ------
    InputError
        As for `most_runs`.
    """
    e, asked = experiment, asked_of(experiment, SizingSpec)
    if not e.spec.outcomes[0].startswith("profit_"):
        raise _wrong("outcomes", e.spec.outcomes[0], "the first one must be a profit, such as profit_manufacturer")
    if e.spec.replications < 2:
        raise _wrong("replications", e.spec.replications, "must be 2 at least: without luck there is no interval")
    roles = {getattr(asked, role): role for role in FIELDS if getattr(asked, role) is not None}
    moves = []
    for path, own in e.spec.levers.items():
        role, values = roles.get(path, ""), tuple(levels(own, path in e.whole))
        today = _today(path, asked, e.base)
        if today not in values:
            raise _wrong(path, values, f"must hold today's value, {today}")
        moves.append(Move(path, values, today, role, _persons(role, e.base)))
        _check_role(moves[-1], asked)
    return tuple(moves)


def points_of(moves: tuple[Move, ...]) -> pd.DataFrame:
    """Return the points: today first, then every other value of every lever with the others as today."""
    today = {m.path: m.today for m in moves}
    rows = [today, *({**today, m.path: v} for m in moves for v in m.values if v != m.today)]
    return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="point"))


def _today(path: str, asked: SizingSpec, scenario: Scenario) -> Any:
    """Return a lever's value today: as stated; else nobody more, and visits as the scenario has them."""
    if path in asked.today:
        return asked.today[path]
    end = ".".join(path.split(".")[-2:])
    if end in FIELDS.values():
        return 0
    if end in VISITS:
        return getattr(scenario.team.visit, VISITS[end])
    raise _wrong(path, "none", "needs its value today, under `today`")


def _persons(role: str, scenario: Scenario) -> int:
    """Return how many persons of a role there are today; 0 without a role."""
    if role == "promoters":
        return scenario.ours.budget.promoters
    if role == "advisors":
        return len(scenario.team.list) + (scenario.team.generate.n if scenario.team.generate else 0)
    return 0


def _check_role(move: Move, asked: SizingSpec) -> None:
    if not move.role:
        return
    if not move.path.endswith(f".{FIELDS[move.role]}"):
        raise _wrong(move.role, move.path, f"must be a lever {FIELDS[move.role]}")
    if len(move.values) < FEWEST[asked.curve]:
        allowed = f"must be {FEWEST[asked.curve]} sizes at least for the curve {asked.curve}"
        raise _wrong(move.path, move.values, allowed)
    if move.persons + min(move.values) < 0:
        raise _wrong(move.path, min(move.values), f"leaves fewer than nobody: there are {move.persons} today")


def _rows_of(runs: pd.DataFrame, move: Move, moves: tuple[Move, ...]) -> pd.DataFrame:
    """Return the runs in which all other levers are as today."""
    others = [runs[m.path] == m.today for m in moves if m.path != move.path]
    return runs[np.logical_and.reduce(others)] if others else runs


def _sized(move: Move, runs: pd.DataFrame, moves: tuple[Move, ...], e: Experiment, asked: SizingSpec) -> Sizing:
    own = _rows_of(runs, move, moves)
    prices = PriceList.of(e.base)
    month = prices.advisor_month if move.role == "advisors" else prices.promoter_month
    table = own[["replication", "profit"]].assign(size=own[move.path] + move.persons)
    # the runs hold what a move costs, so nothing is added here
    return size_force(table, move.persons, cost_per_person=month * MONTHS / CENTS, curve=asked.curve, seed=e.seed)


def _response(runs: pd.DataFrame, moves: tuple[Move, ...]) -> pd.DataFrame:
    """Return lever, value, size, mean, low, high: profit in currency a year with its 95 % interval."""
    parts = []
    for move in moves:
        own = _rows_of(runs, move, moves)[[move.path, "profit"]].set_axis(["setting", "value"], axis=1)
        table = summarise(own, ["setting"]).drop(columns="n_replications").rename(columns={"setting": "value"})
        size = table["value"] + move.persons if move.role else np.nan
        table.insert(1, "size", size)
        table.insert(0, "lever", move.path)
        parts.append(table.sort_values("value"))
    return pd.concat(parts, ignore_index=True)


def _gains(runs: pd.DataFrame, move: Move, moves: tuple[Move, ...]) -> pd.DataFrame:
    """Return lever, value, today, gain, low, high: profit in currency a year less today's, same luck."""
    wide = _rows_of(runs, move, moves).pivot(index="replication", columns=move.path, values="profit")
    gap = wide.sub(wide[move.today], axis=0)
    mean, half = gap.mean(), t_quantile(np.array([len(gap) - 1.0]))[0] * gap.sem()
    return pd.DataFrame({
        "lever": move.path, "value": gap.columns, "today": gap.columns == move.today, "gain": mean.to_numpy(),
        "low": (mean - half).to_numpy(), "high": (mean + half).to_numpy(),
    })  # fmt: skip


def _sizing_row(move: Move, found: Sizing, gains: pd.DataFrame) -> dict[str, Any]:
    """Return what the curve says, and what was measured at the size run that is nearest to its best one."""
    row: dict[str, Any] = {"force": move.role, "today": found.current}
    for name in ("optimum", "gain", "three_years"):
        value, low, high = getattr(found, name)
        row |= {name: value, f"{name}_low": low, f"{name}_high": high}
    sizes = gains["value"].to_numpy(dtype=np.float64) + move.persons
    nearest = int(np.argmin(np.abs(sizes - found.optimum.value)))
    measured = gains.iloc[nearest]
    return row | {
        "at_edge": found.at_edge, "nearest": sizes[nearest], "measured": measured["gain"],
        "measured_low": measured["low"], "measured_high": measured["high"],
    }  # fmt: skip


def _territories(e: Experiment, asked: SizingSpec, sizings: Mapping[str, Sizing]) -> Territories | None:
    """Divide the known outlets; None where nobody knows any."""
    outlets = known_work(e.base, e.seed)
    best = round(sizings["advisors"].optimum.value) if "advisors" in sizings else _persons("advisors", e.base)
    n = min(max(asked.territories or best, 1), len(outlets))
    return divide(outlets, n, seed=e.seed) if n else None


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Count advisors from 1, as the map does."""
    return table.assign(advisor=table["advisor"] + 1)


def _of_years(years: float) -> tuple[str, ...]:
    """Say what the return of three years is made of."""
    text = (
        f"The runs last {years:.1f} years from the decision on and hold the hiring delay, the cost of hiring and "
        "training, and the slow growth of skill and ties; profit a year is their mean, and the return of three years "
        "is three such years."
    )
    if years < 2.9:
        text += " The start is counted in each of the three, so what added people bring later is understated."
    return (text,)


def _text(sizing: pd.DataFrame, visits: pd.DataFrame, territories: Territories | None) -> str:
    parts = [_size_words(row) for row in sizing.to_dict("records")]
    if len(visits):
        names = names_of(list(dict.fromkeys(visits["lever"])))
        parts += [_visit_words(names[str(path)], own) for path, own in visits.groupby("lever", sort=False)]
    if territories is not None:
        n = len(territories.advisors)
        parts.append(
            f"{len(territories.outlets):,} known outlets among {n} advisor{'' if n == 1 else 's'}: the largest work is "
            f"{territories.imbalance:.0%} above the mean, {territories.distance_km:.1f} km from the middle on average."
        )
    return " ".join(parts)


def _size_words(row: Mapping[Hashable, Any]) -> str:
    """Say the best size and its gain by the curve, and what was measured nearest to it."""

    def said(name: str) -> str:
        return interval(row[name], row[f"{name}_low"], row[f"{name}_high"])

    size = f"{row['optimum']:.1f} ({row['optimum_low']:.1f} to {row['optimum_high']:.1f})"
    text = f"{row['force'].capitalize()}: best {size}, today {row['today']:.0f}; "
    if row["gain_low"] <= 0:
        text += f"no sure gain: {said('gain')} a year"
    else:
        text += f"gains {said('gain')} a year, {said('three_years')} in three"
    text += f", by the curve; measured at {row['nearest']:.0f}: {said('measured')} a year"
    edge = f"; the end of the sizes run in {row['at_edge']:.0%} of the resamples" if row["at_edge"] > SURE else ""
    return f"{text}{edge}."


def _visit_words(name: str, own: pd.DataFrame) -> str:
    today = own.loc[own["today"], "value"].iloc[0]
    best = own.sort_values("gain").iloc[-1]
    if best["low"] > 0:
        gain = interval(best["gain"], best["low"], best["high"])
        return f"{name.capitalize()}: {best['value']:g} instead of {today:g} gains {gain} a year."
    return f"{name.capitalize()}: no value surely better than today's {today:g}."


def _wrong(field: str, value: object, allowed: str) -> InputError:
    return InputError([Problem("study.sizing", 0, field, str(value), allowed)])
