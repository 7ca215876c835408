"""Every daily panel, declared once: its axes and fields, and which of them are counted in whole numbers.

A panel is a named tuple of arrays. The recorder keeps one array a field, shape (n_days, *axes); kernels and actors
write into one day of it by name; the tables of a run, and with them the KPIs, have the same columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, NamedTuple, get_type_hints

from numpy.typing import NDArray

Count = Annotated[NDArray[Any], "whole numbers"]
Real = Annotated[NDArray[Any], "real numbers"]


class Market(NamedTuple):
    """A territory's product: what shoppers did, what came in, what stands on the shelves."""

    sell_out_units: Count
    sell_out_cents: Count  # paid by consumers
    sell_in_units: Count
    sell_in_cents: Count
    shoppers_first_choice: Count
    lost_ordering: Count  # not there, because the shop ordered too little or too late
    lost_delivery: Count  # not there, because what it ordered has not come
    lost_supply: Count  # not there, because no distributor brings it
    substituted_brand: Count
    substituted_product: Count
    moved_store: Count
    deferred: Count  # came back the next day
    outlet_stock_units: Count
    listed_outlets: Count
    listed_weight: Real  # the same, weighted by size; so below
    in_stock_outlets: Count
    available_outlets: Real  # in stock in the middle of trading, mean of before and after
    in_stock_weight: Real
    facings_share: Real
    promotion_cents: Count  # price cuts paid by the product's company
    outlet_age_sum: Real  # of the stock, in unit-days
    displaced: Count  # times that another company's people took its facings, or its listing


class Territory(NamedTuple):
    """A territory's outlets."""

    open_outlets: Count
    open_weight: Real
    known_outlets: Count
    unvisited_outlets: Count
    listed_ours: Count
    active_ours: Count  # sold a product of ours within the last weeks
    first_ours: Count  # our brand is bought most
    exclusive_rival: Count
    exclusive_ours: Count
    exclusive_cooler: Count  # of ours, by degree, with `mechanisms.exclusive_degrees`
    exclusive_shelf: Count
    exclusive_shop: Count
    shoppers: Count
    no_purchase: Count
    knowledge: Real  # expected efficiency of our work, as we believe it
    efficiency: Real  # what it truly is
    price_disorder: Real
    diverted_in_units: Real
    open_ground: Count  # 1 where we work; what we spend there follows
    platform_cents: Count
    advertising_cents: Count
    display_cents: Count
    free_firms: Count  # distributors that work for no company


class BrandTerritory(NamedTuple):
    """A brand in a territory."""

    goodwill: Real
    brand_capital: Real
    relation: Real  # weighted by size
    first_outlets: Count
    promoters: Count
    price_index: Real  # street price against shelf price


class Distributor(NamedTuple):
    """A distributor's product, in units."""

    stock_units: Count
    transit_units: Count
    ordered_by_outlets: Count
    delivered_units: Count
    cancelled_units: Count
    backlog_units: Count
    ordered_units: Count
    received_units: Count
    diverted_units: Count
    scrapped_units: Count
    returned_units: Count
    age_sum: Real  # of the stock, in unit-days


class Delivery(NamedTuple):
    """A distributor's lorries."""

    drops: Count
    late_drops: Count
    orders_completed: Count
    orders_in_full_on_time: Count
    waiting_orders: Count
    lead_time_days_sum: Count
    km: Real
    capacity_drops: Count


class Partner(NamedTuple):
    """A distributor as a company; of who has no contract, nothing is written."""

    profit_cents: Count  # after interest on what its stock and claims tie up
    capital_cents: Count  # at the end of the day
    contracts: Count  # 1
    attention: Real
    reach: Real
    upkeep_cents: Count  # what the contract costs its company
    left: Count  # 1 on the day on which it ends its contract
    calls: Count  # by its own salesmen, for its company


class Advisor(NamedTuple):
    """An advisor's day; of who does not work, nothing is written."""

    calls: Count
    productive_calls: Count
    lines: Count
    order_units: Count
    new_listings: Count
    attempts: Count
    driving_minutes: Real
    visiting_minutes: Real
    idle_minutes: Real
    survey_minutes: Real
    coaching_minutes: Real
    found_outlets: Count
    km: Real
    selling: Real
    service: Real
    coaching: Real
    farmer: Real
    talent: Real
    effort: Real
    by_plan: Count  # 1
    patch_outlets: Count
    working: Count  # 1
    territory: Count  # its row


class Factory(NamedTuple):
    """A product in its factory, in units."""

    made_units: Count
    shipped_units: Count
    ordered_units: Count
    stock_units: Count
    backlog_units: Count
    age_sum: Real  # of the stock, in unit-days


@dataclass(frozen=True)
class Panel:
    """Declaration of one panel.

    Attributes
    ----------
    kind : named tuple with its fields.
    axes : axes of the world by which it is kept, besides the day.
    """

    kind: type[tuple[Any, ...]]
    axes: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields, in the order of the table's columns."""
        names: tuple[str, ...] = self.kind._fields  # type: ignore[attr-defined]  # the type of all named tuples has no name
        return names

    def counts(self) -> frozenset[str]:
        """Return the fields that are whole numbers."""
        hints = get_type_hints(self.kind, include_extras=True)
        return frozenset(name for name in self.fields if hints[name] == Count)


PANELS: Final[dict[str, Panel]] = {
    "market": Panel(Market, ("territory", "product")),
    "territory": Panel(Territory, ("territory",)),
    "brand_territory": Panel(BrandTerritory, ("territory", "brand")),
    "distributor": Panel(Distributor, ("distributor", "product")),
    "delivery": Panel(Delivery, ("distributor",)),
    "partner": Panel(Partner, ("distributor",)),
    "advisor": Panel(Advisor, ("advisor",)),
    "factory": Panel(Factory, ("product",)),
}
