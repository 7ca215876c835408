"""What a short run shows of a market: money, people, orders and shares, and what one advisor more or fewer would do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ledger.result import RunResult
from sim.metrics.cut import Reader, Span, cuts
from sim.metrics.kpi import everyone, total
from sim.metrics.money import LOGISTICS, PEOPLE, PROMOTION, booked
from sim.metrics.table import kpi_by, kpi_values
from sim.questions.plausibility.band import Band, Found, Line, card, one
from sim.questions.plausibility.known import PROSPECTUS, field_people
from sim.runs.replications import run
from sim.scenario.schema import Scenario
from sim.scenario.schema.field import AdvisorSpec, TeamSpec
from sim.world.setup import build_world
from sim.world.world import World

Progress = Callable[[int, int], None]
REPLICATIONS: Final = 3
LONGEST_DAYS: Final = 365
NEWCOMER_BONUS: Final = -1.0
"""`ours.listing_bonus` from which on down we count as a newcomer (assumption)."""
SELLING: Final = (*PROMOTION, *PEOPLE, *LOGISTICS, "services_cost", "census_cost", "platform")
"""Accounts of selling and distribution, freight, advertising and platforms of open ground included."""
ADVISORS: Final = ("advisor_cost", "travel", "hiring_training")


@dataclass(frozen=True)
class Ran:
    """Runs of a market on the same luck; `more` and `fewer` have one advisor more and fewer, None where nobody is."""

    base: RunResult
    more: RunResult | None = None
    fewer: RunResult | None = None

    @property
    def scenario(self) -> Scenario:
        """The market as it is, not longer than a year."""
        return self.base.scenario

    @property
    def years(self) -> float:
        """Length of the measured time. [years]."""
        return self.scenario.calendar.duration_days / 365.0

    def each(self, kpi: str, result: RunResult | None = None, span: Span | None = None) -> pd.Series[float]:
        """Return a KPI by replication."""
        found = kpi_values(self.base if result is None else result, [kpi], span)
        return found.set_index("replication")["value"]

    def mean(self, kpi: str, span: Span | None = None) -> float:
        """Return the mean of a KPI over replications."""
        return float(self.each(kpi, span=span).mean())

    def spent(self, *accounts: str) -> float:
        """Return what we spent on some accounts in a replication. [currency]."""
        measure = booked("manufacturer", *accounts)
        return float(np.mean([total(measure, cut) for cut in cuts(Reader(self.base))])) / 100.0


def ran_lines(
    scenario: Scenario, *, replications: int = REPLICATIONS, workers: int = 1, progress: Progress | None = None
) -> list[Line]:
    """Run a market as it is, with one advisor more, and with one fewer; return the lines of the card.

    Parameters
    ----------
    replications : of each of the three.
    progress : called with (days done, days in all).
    """
    calendar = scenario.calendar
    short = calendar.model_copy(update={"duration_days": min(calendar.duration_days, LONGEST_DAYS)})
    scenario = scenario.model_copy(update={"calendar": short})
    arms: list[Scenario] = [scenario]
    if field_people(scenario):
        arms += [one_more(scenario), one_fewer(scenario)]
    done = []
    for k, arm in enumerate(arms):
        done.append(run(arm, replications=replications, workers=workers, progress=_part(progress, k, len(arms))))
    return list(card(RAN, Ran(*done), scenario.currency))


def _part(progress: Progress | None, k: int, n: int) -> Progress | None:
    """Return the progress of part k of n equal ones."""
    return None if progress is None else lambda done, total: progress(k * total + done, n * total)


def one_more(scenario: Scenario) -> Scenario:
    """Return the market with one advisor more: a generated one, or where each of a listed team has most outlets."""
    team = scenario.team
    if team.generate is not None:
        return _with_team(scenario, generate=team.generate.model_copy(update={"n": team.generate.n + 1}))
    place = max(_outlets_each(scenario, build_world(scenario)[0]).items(), key=lambda item: item[1])[0]
    alike = next(a for a in team.list if a.territory == place)
    return _with_team(scenario, list=(*team.list, alike.model_copy(update={"id": "one-more", "name": ""})))


def one_fewer(scenario: Scenario) -> Scenario:
    """Return the market with one advisor fewer: a generated one, or where each of a listed team has fewest outlets.

    Territories that would be left without anybody come last: to give one up is another question. Of several people it
    is who is nearest to their mean in talent, so that it is about numbers and not about a person; of equals the last.
    """
    team = scenario.team
    if team.generate is not None and team.generate.n > 0:
        return _with_team(scenario, generate=team.generate.model_copy(update={"n": team.generate.n - 1}))
    world, staffed = build_world(scenario)[0], [a.territory for a in team.list]
    each = _outlets_each(scenario, world)
    place = min(each.items(), key=lambda item: (staffed.count(item[0]) == 1, item[1]))[0]
    there = [k for k, territory in enumerate(staffed) if territory == place]
    far = np.abs(world.talent[there] - world.talent[there].mean()).round(6)
    goes = min(zip(far, there, strict=True), key=lambda one: (one[0], -one[1]))[1]
    kept: tuple[AdvisorSpec, ...] = (*team.list[:goes], *team.list[goes + 1 :])
    return _with_team(scenario, list=kept)


def _with_team(scenario: Scenario, **changes: object) -> Scenario:
    team: TeamSpec = scenario.team.model_copy(update=changes)
    return scenario.model_copy(update={"team": team})


def _outlets_each(scenario: Scenario, world: World) -> dict[str, float]:
    """Return the outlets a listed advisor by territory that has any."""
    count = np.bincount(world.outlet_territory[world.is_open], minlength=world.sizes["territory"])
    staffed = [a.territory for a in scenario.team.list]
    return {t: float(n) / staffed.count(t) for t, n in zip(world.names.territories, count, strict=True) if t in staffed}


def _revenue(ran: Ran) -> float:
    """Our revenue. [currency/year]."""
    return ran.mean("revenue_manufacturer") / ran.years


def _a_person(ran: Ran, amount: float) -> float:
    people = field_people(ran.scenario)
    return amount / people if people else math.nan


def _an_outlet(ran: Ran) -> float:
    days = [total(everyone("territory", "open_outlets"), cut) for cut in cuts(Reader(ran.base))]
    return _revenue(ran) * ran.scenario.calendar.duration_days / float(np.mean(days))


def _mean(values: NDArray[np.float64]) -> Found:
    """Return the mean over replications with its standard error."""
    n = values.shape[0]
    return Found(float(values.mean()), error=float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0)


def _gain(ran: Ran, result: RunResult | None, sign: float) -> Iterator[Found]:
    """Profit of one advisor more, or lost by one fewer, against what an advisor costs."""
    cost = _a_person(ran, ran.spent(*ADVISORS))
    if result is None or not cost > 0.0:
        yield Found(math.nan)
        return
    gain = sign * (ran.each("profit_manufacturer", result) - ran.each("profit_manufacturer")) / cost
    yield _mean(np.asarray(gain, dtype=np.float64))


def _elasticity(ran: Ran) -> Iterator[Found]:
    """Elasticity of our sales to the number of advisors, from one fewer to one more."""
    people = field_people(ran.scenario)
    if ran.more is None or ran.fewer is None:
        yield Found(math.nan)
        return
    low, least = (ran.fewer, people - 1) if people > 1 else (ran.base, people)
    ratio = ran.each("sell_out_units", ran.more) / ran.each("sell_out_units", low)
    found = ratio.map(math.log) / math.log((people + 1) / least)
    yield _mean(np.asarray(found, dtype=np.float64))


def _shares(ran: Ran) -> Iterator[Found]:
    table = kpi_by(ran.base, ["market_share_units"], "company")
    for company, share in zip(table["company"], table["mean"].tolist(), strict=True):
        yield Found(share, str(company))


def _day_0(ran: Ran, newcomer: bool) -> Iterator[Found]:
    if (ran.scenario.ours.listing_bonus <= NEWCOMER_BONUS) == newcomer:
        yield Found(ran.mean("weighted_distribution", (0, 0)))


RAN: Final[tuple[Band[Ran], ...]] = (
    Band(
        "revenue a field person and year",
        1.5e6,
        3e6,
        "CNY",
        f"{PROSPECTUS}: 24.0 bn CNY, 10,896 people, 2.2 M",
        "team, outlets.generate, products",
        one(lambda ran: _a_person(ran, _revenue(ran))),
    ),
    Band(
        "our revenue an outlet and year",
        5e3,
        2e4,
        "CNY",
        f"{PROSPECTUS}: 10.1 k",
        "outlets.generate.size_median_shoppers, products: list_price_cents",
        one(_an_outlet),
    ),
    Band(
        "selling and distribution of revenue",
        0.15,
        0.3,
        "share",
        f"{PROSPECTUS}: 24 %, freight and advertising included",
        "ours.budget, ours.factory.freight_cents_per_unit, team",
        one(lambda ran: ran.spent(*SELLING) / ran.years / _revenue(ran)),
    ),
    Band(
        "advertising of revenue",
        0.03,
        0.08,
        "share",
        f"{PROSPECTUS}: about 5 %",
        "ours.budget.advertising_cents, which is in cents",
        one(lambda ran: ran.spent("advertising") / ran.years / _revenue(ran)),
    ),
    Band(
        "profit of revenue",
        -math.inf,
        math.inf,
        "share",
        "",
        "",
        one(lambda ran: ran.mean("profit_manufacturer") / ran.years / _revenue(ran)),
    ),
    Band(
        "calls a day and field person",
        15.0,
        40.0,
        "calls",
        "field job descriptions: more than 25; route software: 30–50",
        "team.visit",
        one(lambda ran: ran.mean("calls_per_day")),
    ),
    Band(
        "idle share of the working day",
        -math.inf,
        0.15,
        "share",
        "assumption",
        "team, team.visit.every_days_a, _b, _c",
        one(lambda ran: ran.mean("idle_share")),
    ),
    Band(
        "profit of one advisor more, against his cost",
        -0.5,
        0.5,
        "share",
        "the flat optimum of sales-force size (Mantrala, Sinha & Zoltners 1992)",
        "team, outlets.generate, products",
        lambda ran: _gain(ran, ran.more, 1.0),
    ),
    Band(
        "profit lost by one advisor fewer, against his cost",
        -0.5,
        0.5,
        "share",
        "the same",
        "team, outlets.generate, products",
        lambda ran: _gain(ran, ran.fewer, -1.0),
    ),
    Band(
        "elasticity of sales to the field force",
        0.25,
        0.43,
        "",
        "personal selling: .31–.34 (Albers, Mantrala & Sridhar 2010)",
        "team.visit, outlets.generate, retail.listing",
        _elasticity,
    ),
    Band(
        "share of the market",
        0.02,
        0.6,
        "share",
        "assumption",
        "the company's appeal, relation, price_factor, and its distributors",
        _shares,
    ),
    Band(
        "weekly bullwhip of the outlets",
        1.1,
        2.0,
        "times",
        "Fransoo & Wouters 2000; Cachon, Randall & Schmidt 2007",
        "retail.ordering, retail.channels' review_days",
        one(lambda ran: ran.mean("bullwhip_outlet")),
    ),
    Band(
        "weekly bullwhip of the distributors",
        1.1,
        2.0,
        "times",
        "the same",
        "distributors.policy: review_days, memory_days, safety_factor",
        one(lambda ran: ran.mean("bullwhip_distributor")),
    ),
    Band(
        "weekly bullwhip of the chain",
        1.3,
        2.5,
        "times",
        "the same",
        "distributors.policy, retail.ordering",
        one(lambda ran: ran.mean("bullwhip_chain")),
    ),
    Band(
        "weighted distribution on day 0, of a newcomer",
        -math.inf,
        0.1,
        "share",
        "the burn-in must not open the market before the question begins; limit: assumption",
        "calendar.burn_in_days, ours.listing_bonus",
        lambda ran: _day_0(ran, newcomer=True),
    ),
    Band(
        "weighted distribution on day 0", -math.inf, math.inf, "share", "", "", lambda ran: _day_0(ran, newcomer=False)
    ),
    Band(
        "stock-outs on our listed products",
        0.03,
        0.15,
        "share",
        "8.3 %, mostly 5–10 % (Gruen, Corsten & Bharadwaj 2002)",
        "retail.ordering, distributors.policy, ours.factory",
        one(lambda ran: 1.0 - ran.mean("on_shelf_availability")),
    ),
)
"""Bands of what a run shows."""
