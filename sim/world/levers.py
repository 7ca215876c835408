"""The table of levers: every quantity that a strategy may move, one row each.

A row makes the lever's column in the world (`lever_<name>`, owned by "levers"), its baseline (what the scenario itself
says), the bounds and the way in which two strategies' pulls join (`sim.strategies.levers`), and the unit, bounds and
text of strategies' parameters that set it (`sim.strategies.levers.lever_field`). Actors read the column when they act,
so that a pull takes effect from the next act on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from sim import policies
from sim.policies import ShopPolicy, numbered
from sim.scenario.schema.channel import DistributorSpec
from sim.scenario.schema.common import parts_of_domain
from sim.world.ground import shares_of_ground, whole_shares_of_ground

if TYPE_CHECKING:
    from sim.world.world import World

Array = NDArray[Any]
Combiner = Literal["set", "multiply", "add", "min"]

CLASSES = ("A", "B", "C")

_TABLE = """
name                  places      dtype   bounds and unit          join     baseline
    text

# Ground
open                  territory   bool    [0, 1] -                 set      ground()
    Whether we work in a territory: opening costs once and takes its time, leaving takes notice.
# Calls
visit_every_days      territory class  float64  [0.5, 730] days    min      visit_days()
    Days between visits.
outlet_interval       outlet      float64  [0.02, 100] 1           multiply  1
    Factor on the days between visits.
visit_plan            market      int32   VisitPlan                set      team.visit.plan
    Ranking of due visits.
improve_route         market      bool    [0, 1] -                 set      team.visit.improve_route
    Tours: 0 nearest neighbour, 1 improved.
suggested_orders      market      bool    [0, 1] -                 set      1
    Whether advisors propose orders at calls.
# People
advisors              territory   int32   [0, 10_000] persons      add      posts()
    Posts; hired after the hiring delay.
transfer              market      int8    Transfer                 set      0
    When posts move between territories, dismiss and hire or move whom first.
handover              market      bool    [0, 1] -                 set      team.turnover.handover
    Whether an advisor who leaves hands the shops over formally.
hire_farmer           market      float64  [0, 1] 1                set      team.turnover.hire_farmer
    Orientation of new advisors: 0 hunter, 1 farmer.
commission_cents      market      float64  [0, 1e6] cents/unit      set      team.incentives.commission_cents
    Commission for every unit in the orders that an advisor writes.
bonus_cents           market      int64   [0, 1e9] cents/month     set      team.incentives.bonus_cents
    Bonus of an advisor for a month in which the target is reached.
supervisors           territory   float64  [0, 10_000] persons     add      team.supervision.supervisors shared
    Supervisors of our advisors; they keep people to the plan and coach.
hire_pay              market      float64  [0.5, 5] 1              set      team.talent.hire_pay
    Pay of the newly hired against the usual wage; more of it brings more applicants to choose from.
hire_applicants       market      float64  [1, 100] persons        set      team.talent.applicants
    Applicants looked at for a post, at the usual pay.
survey_minutes        territory   float64  [0, 960] minutes/day    set      team.tasks.survey_minutes
    Set aside by each advisor to look for unknown outlets near the tour.
coaching_minutes      market      float64  [0, 960] minutes/day    set      team.tasks.coaching_minutes
    Set aside by each advisor to coach the least skilled colleague of the territory.
courses_per_year      market      float64  [0, 50] 1/year          set      team.learning.courses_per_year
    Training courses of each advisor.
incentive_farmer      market      float64  [0, 1] 1                set      team.learning.incentive_farmer
    Orientation that the pay rewards: 0 hunter, 1 farmer.
sharing_per_week      market      float64  [0, 1] 1/week           set      team.learning.sharing_per_week
    Share of the gap to the team's best closed in a week.
playbook              market      float64  [0, 1] 1                set      0
    Share of the template's playbook that new advisors and other territories are given.
displace              territory   int32   [0, 1000] company        set      0
    Company, by its row, whose products our people try to displace at their calls; 0 means none.
# Spending
promoters             territory   int32   [0, 10_000] persons      add      promoters()
    Promoters.
advertising_cents     territory   int64   [0, 1e14] cents/month    add      ours.budget.advertising_cents shared
    Advertising.
display_cents         territory   int64   [0, 1e14] cents/month    add      ours.budget.display_cents shared
    Paid displays.
price_cut             territory product  float64  [0, 0.9] 1       add      0
    Lasting cut of the shelf price that we pay.
promotion_every_days  market      int32   [0, 730] days            set      ours.promotion.every_days
    Days from one promotion of ours to the next; 0 means none.
promotion_length_days  market     int32   [1, 180] days            set      ours.promotion.length_days
    Length of our promotions.
promotion_cut         market      float64  [0, 0.9] 1              set      ours.promotion.price_cut
    Cut of the shelf price in our promotions, paid by us.
promotion_on          territory   bool    [0, 1] -                 set      1
    Whether our promotions run in a territory.
listing_fee_most_cents  market    int64   [0, 1e9] cents/outlet    set      ours.budget.listing_fee_most_cents
    Highest fee that we pay for a place on a full shelf.
trade_promotion_every_days  market  int32  [0, 730] days            set      ours.trade_promotion.every_days
    Days from one promotion of ours to shops to the next; 0 means none.
trade_promotion_length_days  market  int32  [1, 180] days           set      ours.trade_promotion.length_days
    Length of our promotions to shops.
trade_promotion_discount  market  float64  [0, 0.9] 1              set      ours.trade_promotion.discount
    Discount on shops' invoices in our promotions to them, paid by us.
trade_promotion_on    territory   bool    [0, 1] -                 set      1
    Whether our promotions to shops run in a territory.
census_outlets        territory   float64  [0, 1e7] outlets/month  add      database.census_outlets_per_month shared
    Outlets surveyed.
exclusive_outlets     territory   float64  [0, 100_000] outlets/month  add  0
    Exclusive agreements offered.
exclusive_degree      territory   int32   ExclusiveDegree          set      ours.budget.exclusive_degree
    What we ask for in exclusive agreements, with `mechanisms.exclusive_degrees`.
exclusive_most_cents  market      int64   [0, 1e9] cents/outlet/month  set  ours.budget.exclusive_most_cents
    Highest price that we pay for one of them.
inspectors            territory   float64  [0, 1000] persons       add      0
    Inspectors against diversion.
penalty_cents         market      float64  [0, 1e6] cents/unit     set      diversion.penalty_cents_per_unit
    Penalty for a diverted unit.
# Products
focus                 product     float64  [0, 1000] 1             multiply  1
    Relative sell-in effort of a product; 0 stops it.
launch_day            product     int32   [-1, 5000] day           set      launches()
    Simulated day on which a product of ours is launched.
factory_stock_days    market      float64  [0, 365] days           set      ours.factory.stock_days
    Finished stock that our factory aims at, in days of orders.
capacity              market      float64  [0, 100] 1              multiply  1
    Our factory's capacity against that of the beginning; more of it takes `capacity_lead_days`.
# Shops: how those on which we call order our products
shop_policy           territory   int8    ShopPolicy               set      retail.ordering.policy
    Shops' rule for our products where we call.
shop_safety_factor    territory   float64  [-3, 6] 1               set      retail.ordering.safety_factor
    Safety stock of our products at shops that we call on.
shop_cover_days       territory   float64  [0, 365] days           set      shop_cover()
    Days of demand added to shops' order-up-to level, S above s, or the lot Q.
shop_terms_days       territory   int32   [0, 180] days            add      0
    Days added to shops' terms of payment for our products.
# Distributors
rebate_rate           distributor  float64  [0, 0.5] 1             set      distributors.push.rebate_rate
    Rebate of a distributor that reaches its target; above 0 it makes it load.
target_growth         distributor  float64  [0, 5] 1               set      distributors.push.target_growth
    Distributors' targets against their history.
terms_days            distributor  int32  [0, 180] days            set      distributors.payment_terms_days
    Days that a distributor has to pay us.
discount              distributor  float64  [0, 0.9] 1             add      0
    Discount on the list price of a distributor.
overstock_days        distributor  float64  [0.5, 730] days        set      distributors.push.overstock_days
    Stock above which a distributor marks down.
markdown_rate         distributor  float64  [0, 0.9] 1             set      distributors.push.markdown_rate
    Discount to outlets on a distributor's overstocked products.
return_share          distributor  float64  [0, 1] 1               set      0
    Share of what a distributor would scrap that we take back and pay.
price_protection      market      float64  [0, 1] 1                set      0
    Share of a fall of our price on distributors' stock that we pay.
policy                distributor  int32  ReplenishmentPolicy      set      each policy.policy
    Inventory policy (without shared data the last acts as the one before it).
review_days           distributor  int32  [1, 60] days             set      each policy.review_days
    Days between a distributor's reviews.
cover_days            distributor  float64  [0, 365] days          set      each policy.cover_days
    Demand that a distributor's fixed policies cover on top.
safety_factor         distributor  float64  [-3, 6] 1              set      each policy.safety_factor
    Safety stock of a distributor in standard deviations of demand over the risk time.
memory_days           distributor  int32  [1, 56] days             set      each policy.memory_days
    Memory of a distributor's forecast.
information_system    distributor  bool   [0, 1] -                 set      each information_system
    Whether a distributor shares its sell-out data.
coaching_cents        distributor  int64  [0, 1e10] cents/month    add      0
    Logistics coaching of a distributor.
network_cents         distributor  int64  [0, 1e10] cents/month    add      0
    Help of a distributor in winning outlets for its list.
offer_cents           distributor  int64  [0, 1e10] cents/month    add      0
    Retainer offered to a candidate, or paid to a contracted distributor.
poach_cents           territory   int64   [0, 1e10] cents/month    add      0
    Offer to the rivals' most weakly tied distributor of a territory.
core                  distributor  bool   [0, 1] -                 set      each core
    Whether a distributor is served first.
dismiss               distributor  bool   [0, 1] -                 set      0
    Whether a distributor's contract ends.
"""
"""Two lines a lever; two blanks part the cells.

- places: axes along which it can differ; "market" is one value for all.
- bounds and unit: an interval, or a rule of `sim.policies`, whose names and numbers are then added to the text.
- join: how the pulls of two parts of a strategy on one place join; two that "set" it to different values conflict.
- baseline: a number; a field of the scenario by its path ("shared": split by population); "each", a field of every
  distributor; or a function below.
"""


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    name : name in scenarios and strategies.
    group : what it moves, by the headings of the table: calls, people, spending …
    places : axes along which it can differ, "market" for the whole market.
    dtype, unit : of its column.
    low, high : bounds of its value.
    combiner : how the pulls of two strategies on the same place join.
    baseline : where it stands without a pull, as the table says it.
    text : what it is, for users.
    choices : the words, where it is a choice.
    """

    name: str
    group: str
    places: tuple[str, ...]
    dtype: str
    unit: str
    low: float
    high: float
    combiner: Combiner
    baseline: str
    text: str
    choices: type[IntEnum] | None

    @property
    def column(self) -> str:
        """Column of the world."""
        return f"lever_{self.name}"

    @property
    def axes(self) -> tuple[str, ...]:
        """Axes along which it can differ; empty for the whole market."""
        return tuple(axis for axis in self.places if axis != "market")

    def number(self, value: float | str) -> float:
        """Return a value as the column holds it: the number of a word, 1 for true and 0 for false."""
        return float(value if self.choices is None or not isinstance(value, str) else self.choices[value])


def _read(table: str) -> Iterator[Lever]:
    """Read the table; lines without an indent begin a lever, those with one say what it is."""
    group = ""
    for heading, row, text in re.findall(r"^# (\w+).*$|^(\w.*)\n    (.*)$", table, re.MULTILINE)[1:]:
        if heading:
            group = heading.lower()
            continue
        name, places, dtype, domain, join, baseline = re.split(r" {2,}", row)
        choices: type[IntEnum] | None = None
        if domain[0] == "[":
            bounds, unit = parts_of_domain(domain)
            low, high = bounds["ge"], bounds["le"]
        else:
            choices = getattr(policies, domain)
            low, high, unit = 0, len(choices) - 1, "-"
            text = text.rstrip(".") + ": " + numbered(choices) + "."
        yield Lever(
            name=name,
            group=group,
            places=tuple(places.split()),
            dtype=dtype,
            unit=unit,
            low=low,
            high=high,
            combiner=cast(Combiner, join),
            baseline=baseline,
            text=text,
            choices=choices,
        )


LEVERS: dict[str, Lever] = {lever.name: lever for lever in _read(_TABLE)}


def _visit_days(world: World) -> Array:
    visit = world.scenario.team.visit
    return np.tile([visit.every_days_a, visit.every_days_b, visit.every_days_c], (world.sizes["territory"], 1))


def _ground(world: World) -> Array:
    open_: Array = world.ground_open[0]
    return open_


def _posts(world: World) -> Array:
    return np.bincount(world.advisor_territory[world.is_post], minlength=world.sizes["territory"])


def _promoters(world: World) -> Array:
    return whole_shares_of_ground(world, 0, world.scenario.ours.budget.promoters)


def _shop_cover(world: World) -> float:
    ordering = world.scenario.retail.ordering
    return 0.0 if ordering.policy == ShopPolicy.order_up_to.name else ordering.s_S_cover_days


def _launches(world: World) -> Array:
    return world.launch_day


_COMPUTED: dict[str, Callable[[World], Any]] = {
    "visit_days()": _visit_days,
    "ground()": _ground,
    "posts()": _posts,
    "promoters()": _promoters,
    "shop_cover()": _shop_cover,
    "launches()": _launches,
}


def fill_levers(world: World, distributors: Sequence[DistributorSpec]) -> None:
    """Write every lever's baseline.

    Parameters
    ----------
    distributors : in the order of their rows, generated ones included.
    """
    for lever in LEVERS.values():
        world.fill(lever.column, _baseline(lever, world, distributors))


def _baseline(lever: Lever, world: World, distributors: Sequence[DistributorSpec]) -> Any:
    source = lever.baseline
    if source in _COMPUTED:
        return _COMPUTED[source](world)
    if source.startswith("each "):
        return [lever.number(_own(source.removeprefix("each "), each, world)) for each in distributors]
    if source.endswith(" shared"):
        share = shares_of_ground(world, 0)
        parts = attrgetter(source.removesuffix(" shared"))(world.scenario) * share
        return np.floor(parts) if lever.dtype.startswith("int") else parts
    is_path = "." in source and source[0].isalpha()
    return lever.number(attrgetter(source)(world.scenario)) if is_path else float(source)


def _own(path: str, distributor: DistributorSpec, world: World) -> Any:
    """Return a field of a distributor; what its own policy leaves to the common one comes from there."""
    common = path.startswith("policy.") and distributor.policy is None
    return attrgetter(path)(world.scenario.distributors if common else distributor)
