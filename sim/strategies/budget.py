"""What a plan costs a month by the price list, and how it is brought down to the budget that every strategy shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.scenario.schema import Scenario
from sim.scenario.schema.ground import GroundSpec
from sim.strategies.view import View
from sim.world.ground import platform_cents

Array = NDArray[Any]
Levers = Mapping[str, Array]

MONTHS = 12.0
DAYS = 365.0 / MONTHS
"""Mean length of a month. [days]"""

PROMOTION_DAYS_PER_WEEK = 3.0
"""Days on which promoters work, Friday to Sunday, as `sim.agents.promoter` has them. [days/week]"""

EXCLUSIVE_MONTH_DAYS = 30.0
"""An exclusive agreement is paid by the month of this length. [days]"""

FLEXIBLE = ("advertising_cents", "display_cents", "promoters")
"""Levers that give way first when a plan costs too much: all can be changed from one month to the next."""


@dataclass(frozen=True)
class PriceList:
    """Unit costs in cents, as the scenario states them; `promoted_share` is the share of products in a promotion.

    Attributes
    ----------
    exclusive_months : term of an exclusive agreement, paid at once. [months]
    shops_ask : whether shops name the price of an agreement, up to the most that we pay.
    pays_by_results, pays_to_choose : whether commission and bonus, and the pay of the newly hired, are acted on.
    ground : what opening and platforms cost; None where ground costs nothing.
    """

    advisor_month: float
    promoter_month: float
    course: float
    census_outlet: float
    exclusive_fee: float
    exclusive_months: float
    inspector_month: float
    information_system_month: float
    supervisor_month: float
    contract_month: float
    promoted_share: float
    shops_ask: bool
    pays_by_results: bool
    pays_to_choose: bool
    ground: GroundSpec | None

    @classmethod
    def of(cls, scenario: Scenario) -> PriceList:
        """Read the price list of a scenario."""
        relations = scenario.relations
        return cls(
            advisor_month=scenario.team.wage_cents_per_month,
            promoter_month=scenario.ours.budget.promoter_wage_cents * PROMOTION_DAYS_PER_WEEK * DAYS / 7.0,
            course=scenario.team.learning.training_cost_cents,
            census_outlet=scenario.database.census_cost_cents,
            exclusive_fee=relations.exclusive_fee_cents,
            exclusive_months=relations.exclusive_days / EXCLUSIVE_MONTH_DAYS,
            inspector_month=scenario.diversion.inspector_cents_per_month,
            information_system_month=scenario.distributors.services.information_system_cents_per_month,
            supervisor_month=scenario.team.supervision.supervisor_cents_per_month * scenario.mechanisms.targets_act,
            contract_month=scenario.distributors.partners.upkeep_cents * scenario.mechanisms.distributor_companies,
            promoted_share=scenario.ours.promotion.product_share,
            shops_ask=scenario.mechanisms.exclusive_degrees,
            pays_by_results=scenario.mechanisms.targets_act,
            pays_to_choose=scenario.mechanisms.task_minutes,
            ground=scenario.ours.ground if scenario.mechanisms.ground else None,
        )


def monthly_cost(levers: Levers, prices: PriceList, view: View) -> dict[str, float]:
    """Return what the levers cost, by item, in cents a month.

    Price cuts, promotions and discounts cost what they take from our sales of the last weeks; rebates and bonuses are
    reckoned as if every target were reached, and shops as if each asked the most that we pay. Returns, price
    protection, moves and choice of people, listing fees and capacity depend on what happens: left out.
    """
    people = float(levers["advisors"].sum())
    return {
        "advisors": _people(levers, prices, view),
        "platforms": _platforms(levers, prices, view),
        "training": people * float(levers["courses_per_year"][0]) / MONTHS * prices.course,
        "promoters": float(levers["promoters"].sum()) * prices.promoter_month,
        "advertising": float(levers["advertising_cents"].sum()),
        "displays": float(levers["display_cents"].sum()),
        "census": float(levers["census_outlets"].sum()) * prices.census_outlet,
        "exclusive agreements": _exclusives(levers, prices),
        "inspectors": float(levers["inspectors"].sum()) * prices.inspector_month,
        "distributor services": _services(levers, prices, view),
        "promotions": _promotions(levers, prices, view) + _trade_promotions(levers, view),
        "prices": _prices(levers, view),
    }


def _people(levers: Levers, prices: PriceList, view: View) -> float:
    """Wages of advisors and of those who lead them, as if all were hired at the pay of the newly hired.

    With pay by results also bonuses, and commission as if advisors wrote all that we sell to the trade.
    """
    people = float(levers["advisors"].sum())
    pay = float(levers["hire_pay"][0]) if prices.pays_to_choose else 1.0
    cents = people * pay * prices.advisor_month + float(levers["supervisors"].sum()) * prices.supervisor_month
    if prices.pays_by_results and people > 0.0:
        sold = float(view.products.sell_in_rate.sum()) * DAYS
        cents += people * float(levers["bonus_cents"][0]) + sold * float(levers["commission_cents"][0])
    return cents


def _platforms(levers: Levers, prices: PriceList, view: View) -> float:
    """Platforms of ground that is open or wanted, and what opening costs, spread over the days that it takes."""
    if prices.ground is None:
        return 0.0
    spec, wanted = prices.ground, levers["open"].astype(bool)
    opened = float((wanted & ~view.territories.is_open).sum()) * spec.opening_cents
    posts = platform_cents(spec, levers["advisors"]) * (wanted | view.territories.is_open)
    return float(posts.sum()) + opened / max(1.0, spec.opening_days / DAYS)


def _exclusives(levers: Levers, prices: PriceList) -> float:
    month = float(levers["exclusive_most_cents"][0]) if prices.shops_ask else prices.exclusive_fee
    return float(levers["exclusive_outlets"].sum()) * month * prices.exclusive_months


def _services(levers: Levers, prices: PriceList, view: View) -> float:
    rows = view.distributors.row
    money = sum(float(levers[name][rows].sum()) for name in ("coaching_cents", "network_cents", "offer_cents"))
    systems = float((levers["information_system"][rows] & view.distributors.is_contracted).sum())
    contracts = float((view.distributors.is_contracted & ~levers["dismiss"][rows].astype(bool)).sum())
    services = systems * prices.information_system_month + contracts * prices.contract_month
    return money + float(levers["poach_cents"].sum()) + services


def _sales(view: View) -> Array:
    """Return our sales to the trade in a month in cents by product, shape (n_products,)."""
    sales: Array = view.products.sell_in_rate * view.products.list_price_cents * DAYS
    return sales


def _promotions(levers: Levers, prices: PriceList, view: View) -> float:
    every = float(levers["promotion_every_days"][0])
    if every == 0.0:
        return 0.0
    part_of_time = min(1.0, float(levers["promotion_length_days"][0]) / every)
    there = view.territories.sell_in_rate
    part_of_places = float((there * levers["promotion_on"]).sum() / there.sum()) if there.sum() > 0 else 0.0
    cut = float(levers["promotion_cut"][0])
    return cut * part_of_time * part_of_places * prices.promoted_share * float(_sales(view).sum())


def _trade_promotions(levers: Levers, view: View) -> float:
    """Reckoned as if shops bought no more than they sell in these weeks; buying ahead makes them dearer."""
    every = float(levers["trade_promotion_every_days"][0])
    if every == 0.0:
        return 0.0
    there = view.territories.sell_in_rate
    part_of_places = float((there * levers["trade_promotion_on"]).sum() / there.sum()) if there.sum() > 0 else 0.0
    part_of_time = min(1.0, float(levers["trade_promotion_length_days"][0]) / every)
    return float(levers["trade_promotion_discount"][0]) * part_of_time * part_of_places * float(_sales(view).sum())


def _prices(levers: Levers, view: View) -> float:
    products, distributors = view.products, view.distributors
    value = _sales(view)
    cut = float((levers["price_cut"][:, products.row].mean(axis=0) * value).sum())
    purchases = distributors.purchase_rate
    weight = purchases / purchases.sum() if purchases.sum() > 0 else np.zeros(purchases.shape)
    rate = levers["discount"][distributors.row] + levers["rebate_rate"][distributors.row]
    return cut + float((rate * weight).sum() * value.sum())


def fit(
    levers: dict[str, Array], prices: PriceList, view: View, budget: float, on_excess: str, part: str
) -> tuple[dict[str, Array], dict[str, float]]:
    """Return levers that cost no more than the budget, and their cost by item.

    Parameters
    ----------
    levers : every lever by name.
    budget : [cents/month]
    on_excess : "cut" takes advertising, displays and promoters down in one proportion everywhere, "refuse" refuses,
        "allow" lets the plan cost more.
    part : name of the strategy, for the message.

    Raises
    ------
    InputError
        When the plan costs more and may not be cut, or can't be cut enough.
    """
    cost = monthly_cost(levers, prices, view)
    excess = sum(cost.values()) - budget
    # A person is a whole number: plans may miss the budget by less than one promoter.
    if excess <= prices.promoter_month or on_excess == "allow":
        return levers, cost
    flexible = cost["advertising"] + cost["displays"] + cost["promoters"]
    if on_excess == "refuse" or excess > flexible:
        allowed = f"the budget is {budget / 100:,.0f} a month"
        if on_excess == "cut":
            allowed += f", and only {flexible / 100:,.0f} of the plan (advertising, displays, promoters) can be cut"
        raise InputError(
            [Problem(f"strategy '{part}'", 0, "direction.budget", f"{sum(cost.values()) / 100:,.0f}", allowed)]
        )
    kept = 1.0 - excess / flexible
    cut = dict(levers)
    for name in FLEXIBLE:
        cut[name] = np.floor(levers[name] * kept).astype(levers[name].dtype)
    return cut, monthly_cost(cut, prices, view)
