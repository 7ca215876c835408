"""Service KPIs: what outlets get of what they order, and what shoppers find on the shelf."""

from __future__ import annotations

from functools import partial

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.kpi import Parts, everyone, from_parts, own

LOST = ("lost_ordering", "lost_delivery", "lost_supply")

_service = partial(from_parts, group="service")


def _first_choices(cut: Cut) -> pd.DataFrame:
    return own("market", "shoppers_first_choice")(cut)


KPIS = (
    _service(
        "fill_rate",
        parts=Parts(own("distributor", "delivered_units"), own("distributor", "ordered_by_outlets")),
        formula="Σ delivered_units ÷ Σ ordered_by_outlets of our distributors",
        unit="share",
        better="higher",
        description="Units delivered to outlets against units ordered; orders under way blur it in a short span.",
    ),
    _service(
        "fill_rate_factory",
        parts=Parts(own("factory", "shipped_units"), own("factory", "ordered_units")),
        formula="Σ shipped_units ÷ Σ ordered_units of our factory",
        unit="share",
        better="higher",
        description="Units shipped to distributors against units ordered.",
        by_territory=False,
    ),
    _service(
        "on_shelf_availability",
        parts=Parts(own("market", "available_outlets"), own("market", "listed_outlets")),
        formula="Σ available_outlets ÷ Σ listed_outlets over our products",
        unit="share",
        better="higher",
        description="Share of listings of ours with stock (mean of opening and closing).",
    ),
    _service(
        "on_shelf_availability_weighted",
        parts=Parts(own("market", "in_stock_weight"), own("market", "listed_weight")),
        formula="Σ in_stock_weight ÷ Σ listed_weight over our products",
        unit="share",
        better="higher",
        description="Share of listings of ours with stock at closing, weighted by outlet size.",
    ),
    _service(
        "on_shelf_availability_category",
        parts=Parts(everyone("market", "available_outlets"), everyone("market", "listed_outlets")),
        formula="Σ available_outlets ÷ Σ listed_outlets over all products",
        unit="share",
        better="higher",
        description="The same for the whole category; published non-availability is about 8.3 %.",
    ),
    _service(
        "lost_sales_units",
        parts=Parts(own("market", *LOST)),
        formula="Σ lost_ordering + lost_delivery + lost_supply",
        unit="units",
        better="lower",
        description="Units of ours lost for good because the shelf was empty.",
    ),
    _service(
        "lost_sales_ordering",
        parts=Parts(own("market", "lost_ordering")),
        formula="Σ lost_ordering",
        unit="units",
        better="lower",
        description="Lost because the shop had not ordered.",
    ),
    _service(
        "lost_sales_delivery",
        parts=Parts(own("market", "lost_delivery")),
        formula="Σ lost_delivery",
        unit="units",
        better="lower",
        description="Lost because the truck had not come.",
    ),
    _service(
        "lost_sales_supply",
        parts=Parts(own("market", "lost_supply")),
        formula="Σ lost_supply",
        unit="units",
        better="lower",
        description="Lost because the distributor had none.",
    ),
    _service(
        "lost_sales_rate",
        parts=Parts(own("market", *LOST), _first_choices),
        formula="Σ (lost_ordering + lost_delivery + lost_supply) ÷ Σ shoppers_first_choice",
        unit="share",
        better="lower",
        description="Lost sales against units asked for as a first choice.",
    ),
    _service(
        "switched_brand_rate",
        parts=Parts(own("market", "substituted_brand"), _first_choices),
        formula="Σ substituted_brand ÷ Σ shoppers_first_choice",
        unit="share",
        better="lower",
        description="First choices of ours that an empty shelf sent to another brand.",
    ),
    _service(
        "lead_time",
        parts=Parts(own("delivery", "lead_time_days_sum"), own("delivery", "orders_completed")),
        formula="Σ lead_time_days_sum ÷ Σ orders_completed of our distributors",
        unit="days",
        better="lower",
        description="Days from an outlet's order to its delivery.",
    ),
    _service(
        "on_time_in_full",
        parts=Parts(own("delivery", "orders_in_full_on_time"), own("delivery", "orders_completed")),
        formula="Σ orders_in_full_on_time ÷ Σ orders_completed of our distributors",
        unit="share",
        better="higher",
        description="Orders delivered complete and within distributors.delivery.promised_days.",
    ),
)
