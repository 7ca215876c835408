"""How many people, how often to call: profit along each lever, and a map of balanced territories."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from sim.errors import InputError, Problem
from sim.metrics.catalogue import KPIS
from sim.metrics.interval import half_width, summarise
from sim.questions.question import Answer, Question, budget_rule, interval, names_of
from sim.questions.sweeps.points import levels
from sim.scenario.schema.common import quantity
from sim.statistics.sizing import FEWEST, Curve, Sizing, Territories, divide, size_force
from sim.strategies.budget import PriceList
from sim.strategies.plan import BASELINE

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment
    from sim.questions.sweeps.schema import ExperimentSpec
    from sim.scenario.schema import Scenario

MONTHS: Final = 12
DAYS_A_MONTH: Final = 365.0 / 12.0
CENTS: Final = 100.0
FIELDS: Final = {"advisors": "people.extra_advisors", "promoters": "people.extra_promoters"}
"""Field of the study → end of the path of its lever."""
VISITS: Final = {f"people.visit_every_days_{c}": f"every_days_{c}" for c in "abc"}
"""End of a lever's path → field of `team.visit` that says what it is today."""
PROFIT: Final = "profit_"
PLACE: Final = ("study", "sizing")
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


class SizingStudy(Question):
    """How many people, how often to call: profit along each lever, and a map of balanced territories.

    Every lever of the experiment is moved by itself, the others staying at `today`.
    """

    asks: ClassVar[str] = "How many people, how often?"
    names: ClassVar[Mapping[str, str]] = {
        "strategy": "strategies",
        "today": "levers",
        "advisors": "levers",
        "promoters": "levers",
    }

    strategy: str = quantity(..., "The strategy whose levers are the sizes.", unit="-", source="user")
    today: dict[str, float] = quantity(
        text="Lever → its value today, one of its listed values; of `people`, the scenario's when absent.",
        unit="as the field",
        source="user",
        factory=dict,
        max_length=50,
    )
    advisors: str | None = quantity(None, "The lever that adds advisors.", unit="-", source="user")
    promoters: str | None = quantity(None, "The lever that adds promoters.", unit="-", source="user")
    curve: Curve = quantity("adbudg", "Form of the response curve.", unit="-")
    territories: int | None = quantity(
        None,
        "Advisors among whom the map divides the known outlets; the best number when absent.",
        unit="persons",
        source="user",
        ge=1,
        le=1000,
    )

    def misfits(self, spec: ExperimentSpec) -> Iterator[tuple[str, str]]:
        """Yield what cannot be moved along listed values."""
        if spec.uncertainties or not spec.levers:
            yield ", ".join(spec.uncertainties) or "no levers", "needs levers, and no uncertainties"
        if free := [path for path, own in spec.levers.items() if not own.is_listed]:
            yield free[0], "needs a list or a grid of sizes"

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most.

        Raises
        ------
        InputError
            When the levers cannot be moved, see `moves_of`.
        """
        return len(points_of(self.moves_of(experiment))) * experiment.spec.replications

    def answer(self, runner: Runner) -> Answer:
        """Move every lever by itself, fit the responses, and divide known outlets among the best number of advisors."""
        e, moves = runner.experiment, self.moves_of(runner.experiment)
        years = e.base.calendar.duration_days / 365.0
        runs = runner.table(points_of(moves), [self.strategy])
        runs = runs.assign(profit=runs[runner.kpi] / years)
        gains = {m.path: _gains(runs, m, moves) for m in moves}
        sizings = {m.role: self._sized(m, _rows_of(runs, m, moves), e) for m in moves if m.role}
        sizing = pd.DataFrame([_sizing_row(m, sizings[m.role], gains[m.path]) for m in moves if m.role])
        others = [gains[m.path] for m in moves if not m.role]
        visits = pd.concat(others, ignore_index=True) if others else pd.DataFrame()
        tables = {"response": _response(runs, moves)}
        tables |= {name: table for name, table in (("sizing", sizing), ("visits", visits)) if len(table)}
        territories = self._divided(e, sizings)
        if territories is not None:
            tables |= {"territories": _numbered(territories.advisors), "outlets": _numbered(territories.outlets)}
        found = {"sizings": sizings, "visits": visits, "territories": territories}
        return Answer(_text(sizing, visits, territories), tables, (_of_years(years), *READING, budget_rule(e)), found)

    def moves_of(self, experiment: Experiment) -> tuple[Move, ...]:
        """Return the levers with their values, today's among them.

        Raises
        ------
        InputError
            With every problem found: a lever has no value of today among those listed or too few sizes, the first
            outcome is no profit, there is one replication only.
        """
        e, moves = experiment, []
        roles = {getattr(self, role): role for role in FIELDS if getattr(self, role) is not None}
        problems = list(_whole_problems(e))
        for path, own in e.spec.levers.items():
            role, values = roles.get(path, ""), tuple(levels(own, path in e.whole))
            move = Move(path, values, self._today(path, e.base), role, persons_of(role, e.base))
            problems += [*self._today_problems(e, move), *self._role_problems(e, move)]
            moves.append(move)
        if problems:
            raise InputError(problems)
        return tuple(moves)

    def _today(self, path: str, scenario: Scenario) -> Any:
        """Return a lever's value today: as stated; else nobody more, and visits as the scenario has them; else None."""
        if path in self.today:
            return self.today[path]
        end = ".".join(path.split(".")[-2:])
        if end in FIELDS.values():
            return 0
        return getattr(scenario.team.visit, VISITS[end]) if end in VISITS else None

    def _today_problems(self, e: Experiment, move: Move) -> Iterator[Problem]:
        shown = _shown(move.values)
        if move.today is None:
            yield e.problem(("levers", move.path), shown, "needs its value today, under `study.sizing.today`")
        elif move.today in move.values:
            return
        elif move.path in self.today:
            allowed = f"must be one of the values that are tried: {shown}"
            yield e.problem((*PLACE, "today", move.path), _shown([move.today]), allowed)
        else:
            yield e.problem(("levers", move.path), shown, f"must hold today's value, {_shown([move.today])}")

    def _role_problems(self, e: Experiment, move: Move) -> Iterator[Problem]:
        if not move.role:
            return
        if not move.path.endswith(f".{FIELDS[move.role]}"):
            near = next((path for path in e.spec.levers if path.endswith(f".{FIELDS[move.role]}")), "")
            yield e.problem((*PLACE, move.role), move.path, f"must be a lever {FIELDS[move.role]}", near)
            return
        if len(move.values) < FEWEST[self.curve]:
            allowed = f"must be {FEWEST[self.curve]} sizes at least for the curve {self.curve}"
            yield e.problem(("levers", move.path), _shown(move.values), allowed)
        if move.persons + min(move.values) < 0:
            allowed = f"leaves fewer than nobody: there are {move.persons} today"
            yield e.problem(("levers", move.path), min(move.values), allowed)

    def _sized(self, move: Move, runs: pd.DataFrame, e: Experiment) -> Sizing:
        prices = PriceList.of(e.base)
        month = prices.advisor_month if move.role == "advisors" else prices.promoter_month
        table = runs[["replication", "profit"]].assign(size=runs[move.path] + move.persons)
        # the runs hold what a move costs, so nothing is added here
        return size_force(table, move.persons, cost_per_person=month * MONTHS / CENTS, curve=self.curve, seed=e.seed)

    def _divided(self, e: Experiment, sizings: Mapping[str, Sizing]) -> Territories | None:
        """Divide the known outlets; None where nobody knows any."""
        outlets = known_work(e.base, e.seed)
        best = round(sizings["advisors"].optimum.value) if "advisors" in sizings else persons_of("advisors", e.base)
        n = min(max(self.territories or best, 1), len(outlets))
        return divide(outlets, n, seed=e.seed) if n else None


def points_of(moves: tuple[Move, ...]) -> pd.DataFrame:
    """Return the points: today first, then every other value of every lever with the others as today."""
    today = {m.path: m.today for m in moves}
    rows = [today, *({**today, m.path: v} for m in moves for v in m.values if v != m.today)]
    return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="point"))


def persons_of(role: str, scenario: Scenario) -> int:
    """Return how many persons of a role there are today; 0 without a role."""
    if role == "promoters":
        return scenario.ours.budget.promoters
    if role == "advisors":
        return len(scenario.team.list) + (scenario.team.generate.n if scenario.team.generate else 0)
    return 0


def known_work(scenario: Scenario, seed: int) -> pd.DataFrame:
    """Return the outlets known on the morning after the burn-in of replication 0, by the rows of the database.

    Parameters
    ----------
    seed : root seed of the luck.

    Returns
    -------
    Columns territory, channel, class (by known size), x_km, y_km [km], work: visits a month, as often as `team.visit`
    has it, times the minutes of a call by an untrained advisor. [hours/month]
    """
    # agents and their kernels load slowly
    from sim.engine import Session

    session = Session(scenario, seed=seed, strategy=BASELINE)
    session.step(scenario.calendar.burn_in_days)
    seen = session.known()
    visit, names = scenario.team.visit, session.world.names
    every = np.array([visit.every_days_a, visit.every_days_b, visit.every_days_c])[seen.grade]
    minutes = np.array([scenario.retail.channels[name].visit_minutes for name in names.channels])[seen.channel]
    return pd.DataFrame(
        {
            "territory": np.array(names.territories)[seen.territory],
            "channel": np.array(names.channels)[seen.channel],
            "class": np.array(["A", "B", "C"])[seen.grade],
            "x_km": seen.x_km,
            "y_km": seen.y_km,
            "work": DAYS_A_MONTH / every * minutes / 60.0,
        }
    )


def _whole_problems(e: Experiment) -> Iterator[Problem]:
    first = e.spec.outcomes[0]
    if not first.startswith(PROFIT):
        near = next((kpi for kpi in (*e.spec.outcomes, *KPIS) if kpi.startswith(PROFIT)), "")
        yield e.problem(("outcomes", 0), first, "the first one must be a profit", near)
    if e.spec.replications < 2:
        allowed = "must be 2 at least: without luck there is no interval"
        yield e.problem(("replications",), e.spec.replications, allowed)


def _shown(values: Sequence[Any]) -> str:
    return ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values)


def _rows_of(runs: pd.DataFrame, move: Move, moves: tuple[Move, ...]) -> pd.DataFrame:
    """Return the runs in which all other levers are as today."""
    others = [runs[m.path] == m.today for m in moves if m.path != move.path]
    return runs[np.logical_and.reduce(others)] if others else runs


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
    gap = wide.sub(wide[move.today], axis=0).to_numpy()
    mean, half = gap.mean(axis=0), half_width(gap)
    table = pd.DataFrame({"lever": move.path, "value": wide.columns, "today": wide.columns == move.today})
    return table.assign(gain=mean, low=mean - half, high=mean + half)


def _sizing_row(move: Move, found: Sizing, gains: pd.DataFrame) -> dict[str, Any]:
    """Return what the curve says, and what was measured at the size run that is nearest to its best one."""
    row: dict[str, Any] = {"force": move.role, "today": found.current}
    for name in ("optimum", "gain", "three_years"):
        value, low, high = getattr(found, name)
        row |= {name: value, f"{name}_low": low, f"{name}_high": high}
    sizes = gains["value"].to_numpy(dtype=np.float64) + move.persons
    nearest = int(np.argmin(np.abs(sizes - found.optimum.value)))
    measured = gains.iloc[nearest][["gain", "low", "high"]].to_list()
    row |= {"at_edge": found.at_edge, "nearest": sizes[nearest]}
    return row | dict(zip(("measured", "measured_low", "measured_high"), measured, strict=True))


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Count advisors from 1, as the map does."""
    return table.assign(advisor=table["advisor"] + 1)


def _of_years(years: float) -> str:
    """Say what the return of three years is made of."""
    text = (
        f"The runs last {years:.1f} years from the decision on and hold the hiring delay, the cost of hiring and "
        "training, and the slow growth of skill and ties; profit a year is their mean, and the return of three years "
        "is three such years."
    )
    if years < 2.9:
        text += " The start is counted in each of the three, so what added people bring later is understated."
    return text


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
