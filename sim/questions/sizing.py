"""How many people, how often to call: profit along each lever, and a map of balanced territories."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.metrics.interval import summarise, t_quantile
from sim.questions.known import known_work
from sim.questions.moves import Move, moves_of, persons_of, points_of
from sim.questions.runner import Runner, asked_of
from sim.questions.study import Answer
from sim.questions.study_schema import SizingSpec
from sim.questions.sweeps.load import Experiment
from sim.questions.wording import budget_rule, interval, names_of
from sim.statistics.sizing import Sizing, size_force
from sim.statistics.territories import Territories, divide
from sim.strategies.budget import PriceList

MONTHS: Final = 12
CENTS: Final = 100.0
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


def most_runs(experiment: Experiment) -> int:
    """Return how many runs the study needs at most.

    Raises
    ------
    InputError
        When the levers cannot be moved, see `moves_of`.
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
    best = round(sizings["advisors"].optimum.value) if "advisors" in sizings else persons_of("advisors", e.base)
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
