"""What a run leaves: all its tables, or the few measured ones that a comparison needs, called its arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from sim.ledger.result import RunResult, join_replications
from sim.ledger.tables import STATIC
from sim.metrics.catalogue import find
from sim.metrics.cut import Cut, Reader, cuts
from sim.metrics.dose import dose
from sim.metrics.kpi import Kpi, Measure
from sim.metrics.money import SPENDING, closing, profit
from sim.scenario.schema import Scenario
from sim.world.setup.companies import companies_of

if TYPE_CHECKING:
    from sim.scenario.census import CensusNote

TERRITORY_KPIS: Final = ("sell_out_units", "market_share_units")
"""What the map of gains can show besides the KPIs asked for."""

TOLD: Final = frozenset(
    {
        *("advisor_hired", "advisor_left", "advisor_moved", "census", "product_launched", "exclusive_signed"),
        *("distributor_signed", "distributor_dismissed", "distributor_poached", "rival_answer", "rival_campaign"),
    }
)
"""Kinds of events that tell what a strategy did, and what was done against it."""

ALL_DO: Final = frozenset({"product_launched", "exclusive_signed"})
"""Of these, what rivals do, too; theirs are left out."""

COUNTED: Final = frozenset({"census"})
"""Events whose value is a number of things; all others count as one."""

FOUR_WEEKS: Final = 28

COLUMNS: Final[dict[str, dict[str, str]]] = {
    "outcomes": {"kpi": "str", "value": "float64"},
    "territories": {"territory": "str", "kpi": "str", "value": "float64"},
    "daily": {
        "day": "int64",
        "profit_cents": "float64",
        "cash_cents": "float64",
        "spending_cents": "float64",
        "sold_units": "int64",
        "advisors": "int64",
    },
    "decisions": {"day": "int64", "part": "str", "note": "str", "territory": "str", "value": "float64"},
    "dose": {"day": "int64", "note": "str", "territory": "str", "value": "float64"},
}
"""Columns of the tables of one run and their types; the store keeps these."""


@dataclass(frozen=True)
class Replication:
    """All that one replication leaves: its tables, notes on the census, seconds of building and running."""

    tables: dict[str, pd.DataFrame]
    census_notes: list[CensusNote]
    seconds_build: float
    seconds_run: float


@dataclass(frozen=True)
class Arms:
    """Measured tables of one or more runs; those of a single run carry no labels.

    Attributes
    ----------
    outcomes : future, strategy, replication, kpi, value.
    territories : future, strategy, replication, territory, kpi, value.
    daily : future, strategy, replication, day, profit_cents, cash_cents, spending_cents, sold_units, advisors.
    decisions : future, strategy, replication, day, part, note, territory, value.
    dose : future, strategy, replication, day, note, territory, value; see `sim.metrics.dose`.
    """

    outcomes: pd.DataFrame
    territories: pd.DataFrame
    daily: pd.DataFrame
    decisions: pd.DataFrame
    dose: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def values(self) -> dict[str, float]:
        """KPI → value of a single run; those without a value are NaN."""
        return dict(zip(self.outcomes["kpi"], self.outcomes["value"].tolist(), strict=True))


def measured(
    scenario: Scenario,
    seed: int,
    tables: dict[str, pd.DataFrame],
    kpis: Sequence[str] | None = None,
    details: bool = True,
) -> Arms:
    """Return what a comparison keeps of one run, without labels.

    Parameters
    ----------
    tables : of one replication, as `Session.observe` returns them.
    kpis : KPIs to compute; the whole catalogue when absent.
    details : whether to keep territories, days and decisions besides the outcomes.
    """
    # One reader for everything: preparing the tables takes as long as computing the whole catalogue.
    reader = Reader(RunResult(scenario, seed, join_replications([tables], STATIC)))
    (cut,) = cuts(reader)
    rows = [(kpi.name, kpi.compute(cut)) for kpi in find(kpis)]
    outcomes = pd.DataFrame(rows, columns=["kpi", "value"])
    if not details:
        return Arms(outcomes, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    by_place = None if kpis is None else dict.fromkeys((*kpis, *TERRITORY_KPIS))
    return _typed(
        {
            "outcomes": outcomes,
            "territories": _territories(cut, find(by_place)),
            "daily": _daily(cut),
            "decisions": _decisions(scenario, tables),
            "dose": dose(cut),
        }
    )


def _decisions(scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What our head office wrote down, and what happened to people and contracts, counted by four weeks and place.

    The latter are rows of the part `event`: on the first day of the four weeks on which it happened, how often.
    """
    notes, events = tables["decisions"], tables["events"]
    rivals = [spec.id for spec in companies_of(scenario)[1:]]
    of_a_rival = events["subject"].isin(rivals) | events["object"].isin(rivals)
    told = events[events["kind"].isin(TOLD) & ~(of_a_rival & events["kind"].isin(ALL_DO))]
    told = told.assign(weeks=told["day"] // FOUR_WEEKS, value=told["value"].where(told["kind"].isin(COUNTED), 1.0))
    groups = told.groupby(["weeks", "kind", "territory"], sort=True, observed=True)
    counted = groups.agg(day=("day", "min"), value=("value", "sum")).reset_index().rename(columns={"kind": "note"})
    both = pd.concat([notes, counted.assign(part="event")], ignore_index=True) if len(counted) else notes
    return both[both["day"] >= 0].sort_values("day", kind="stable")


def _typed(tables: Mapping[str, pd.DataFrame]) -> Arms:
    """Give every column its type, whatever happened to be in it."""
    return Arms(
        **{
            name: tables[name][list(columns)].astype(columns).reset_index(drop=True)
            for name, columns in COLUMNS.items()
        }
    )


def _territories(cut: Cut, kpis: Sequence[Kpi]) -> pd.DataFrame:
    """KPIs that are known by territory, where there is a value."""
    places = [(name, cut.within(name)) for name in cut.reader.territories]
    rows = [(name, kpi.name, kpi.compute(place)) for kpi in kpis if kpi.by_territory for name, place in places]
    return pd.DataFrame(rows, columns=["territory", "kpi", "value"]).dropna(subset=["value"], ignore_index=True)


def _daily(cut: Cut) -> pd.DataFrame:
    """Our company day by day: profit, cash, spending, goods sold to consumers, advisors at work."""
    days = pd.RangeIndex(cut.scenario.calendar.duration_days)

    def by_day(measure: Measure) -> pd.Series[float]:
        return measure(cut).groupby("day")["value"].sum().reindex(days, fill_value=0).astype("float64")

    sold = cut.own("market").groupby("day")["sell_out_units"].sum().reindex(days, fill_value=0)
    # Whoever has nobody yet has no table of people either.
    at_work = cut.rows("advisor").reindex(columns=["day"]).groupby("day").size().reindex(days, fill_value=0)
    # Most at work on a day of the last week, because a day of rest is no day without people.
    advisors = at_work.rolling(7, min_periods=1).max().astype("int64")
    return pd.DataFrame(
        {
            "day": days,
            "profit_cents": by_day(profit("manufacturer")).to_numpy(),
            "cash_cents": by_day(closing("manufacturer", "cash_cents")).to_numpy(),
            "spending_cents": by_day(SPENDING).to_numpy(),
            "sold_units": sold.to_numpy(),
            "advisors": advisors.to_numpy(),
        }
    )


def narrowed(arms: Arms, kpis: Sequence[str]) -> Arms:
    """Return the arms of one run as they would be if only these KPIs had been computed."""

    def narrow(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
        rank = {name: number for number, name in enumerate(dict.fromkeys(names))}
        kept = table[table["kpi"].isin(list(rank))]
        return kept.sort_values("kpi", key=lambda kpi: kpi.map(rank), kind="stable", ignore_index=True)

    places = narrow(arms.territories, (*kpis, *TERRITORY_KPIS))
    return replace(arms, outcomes=narrow(arms.outcomes, kpis), territories=places)


def widened(arms: Arms, other: Arms) -> Arms:
    """Return the arms of one run with the KPIs that only another measurement of it has."""

    def wide(own: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
        extra = more[~more["kpi"].isin(set(arms.outcomes["kpi"]) | set(own["kpi"]))]
        return pd.concat([own, extra], ignore_index=True) if len(extra) else own

    outcomes, places = wide(arms.outcomes, other.outcomes), wide(arms.territories, other.territories)
    return replace(arms, outcomes=outcomes, territories=places)


def labelled(arms: Arms, future: str, strategy: str, replication: int) -> Arms:
    """Put future, strategy and replication in front of every table."""

    def label(table: pd.DataFrame) -> pd.DataFrame:
        named = table.reset_index(drop=True)
        named.insert(0, "replication", replication)
        named.insert(0, "strategy", strategy)
        named.insert(0, "future", future)
        return named

    return Arms(**{name: label(getattr(arms, name)) for name in COLUMNS})


def join(parts: Sequence[Arms]) -> Arms:
    """Stack the tables of several runs, in the order given."""

    def stacked(name: str) -> pd.DataFrame:
        tables = [getattr(part, name) for part in parts]
        # Empty tables would only widen the types of the others.
        filled = [table for table in tables if not table.empty]
        joined: pd.DataFrame = pd.concat(filled, ignore_index=True) if filled else tables[0]
        return joined

    return Arms(**{name: stacked(name) for name in COLUMNS})
