"""Less stock at every stage: order rules and safety of factory, distributors and shops; data, loading, clearance."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.kernels.inventory import DISTRIBUTOR_POLICIES, SHOP_POLICIES
from sim.kernels.newsvendor import newsvendor_ratio
from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.levers import LEVERS
from sim.strategies.service_level import safety_factors
from sim.strategies.stated import all_stated
from sim.strategies.view import View

Array = NDArray[Any]


class Inventory(Strategy):
    """Hold the right stock at each stage: only what a parameter states is changed."""

    kind: ClassVar[str] = "inventory"

    distributors: Literal["all", "core"] = quantity("all", "Distributors to which the rules go.", unit="-")
    policy: Literal["base_stock", "s_S", "r_Q", "moving_average", "exponential_smoothing", "vendor_managed"] | None = (
        quantity(None, "How distributors set their orders.", unit="-")
    )
    review_days: int | None = quantity(None, "Days between a distributor's reviews.", unit="days", ge=1, le=60)
    cover_days: float | None = quantity(None, "Demand that fixed policies cover on top.", unit="days", ge=0, le=365)
    memory_days: int | None = quantity(None, "Memory of a distributor's forecast.", unit="days", ge=1, le=56)
    safety_factor: float | None = quantity(
        None, "Safety stock of distributors in standard deviations of demand over the risk time.", ge=-3, le=6
    )
    target_service: float | None = quantity(
        None, "Probability that a distributor's stock lasts until the next delivery; sets its safety.", gt=0, lt=1
    )
    cost_ratio: float | None = quantity(
        None, "Cost of a missing unit against that of a unit left over; sets the target service (newsvendor).",
        gt=0, le=10**6,
    )  # fmt: skip
    lead_days: float = quantity(
        5.0, "Lead time from the factory with which safety is reckoned.", unit="days", ge=0, le=90,
        source="default of distributors.policy.expected_lead_days",
    )  # fmt: skip
    dispersion_index: float = quantity(
        1.8, "Variance of a product's daily demand over its mean, for the target service.", ge=1, le=100,
        source="default of retail.ordering.dispersion_index; that it holds for distributors is an assumption",
    )  # fmt: skip

    shop_policy: Literal["order_up_to", "s_S", "r_Q"] | None = quantity(None, "How shops reorder.", unit="-")
    shop_safety_factor: float | None = quantity(None, "Safety stock of shops.", ge=-3, le=6)
    shop_cover_days: float | None = quantity(
        None, "Demand on top of shops' order-up-to level, S above s, or the lot Q.", unit="days", ge=0, le=365
    )
    suggested_orders: bool | None = quantity(None, "Whether advisors suggest orders.", unit="-")
    factory_stock_days: float | None = quantity(None, "Finished stock aimed at.", unit="days", ge=0, le=365)

    share_data: bool | None = quantity(None, "Whether distributors share their sell-out data.", unit="-")

    rebate_rate: float | None = quantity(None, "Rebate for reached targets; above 0 it makes them load.", ge=0, le=0.5)
    target_growth: float | None = quantity(None, "Distributors' targets against their history.", gt=0, le=5)
    overstock_days: float | None = quantity(
        None, "Stock above which distributors mark down.", unit="days", ge=0.5, le=730
    )
    markdown_rate: float | None = quantity(None, "Their discount on it.", ge=0, le=0.9)
    return_share: float | None = quantity(None, "Share of what they would scrap that we take back.", ge=0, le=1)
    price_protection: float | None = quantity(
        None, "Share of a fall of our price on distributors' stock that we pay.", ge=0, le=1
    )

    @model_validator(mode="after")
    def _one_safety(self) -> Self:
        named = ("safety_factor", "target_service", "cost_ratio")
        given = [name for name in named if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"give one of {', '.join(named)}, not {' and '.join(given)}")
        if self.policy == "vendor_managed" and self.share_data is False:
            raise ValueError("vendor_managed orders need shared data: share_data must not be false")
        return self

    def decide(self, view: View, memory: Memory) -> Decision:
        """Pull what the parameters state."""
        rows = self._rows(view)
        return Decision((*self._orders(rows), *self._safety(view, rows), *self._others()), memory)

    def _rows(self, view: View) -> Array:
        d = view.distributors
        rows: Array = d.row[d.is_contracted & (d.is_core | (self.distributors == "all"))]
        return rows

    def _orders(self, rows: Array) -> tuple[Pull, ...]:
        # Vendor-managed orders are set from shared data.
        shares = True if self.policy == "vendor_managed" else self.share_data
        return all_stated(
            {
                "policy": None if self.policy is None else tuple(DISTRIBUTOR_POLICIES).index(self.policy),
                "review_days": self.review_days,
                "cover_days": self.cover_days,
                "memory_days": self.memory_days,
                "safety_factor": self.safety_factor,
                "information_system": shares,
                "rebate_rate": self.rebate_rate,
                "target_growth": self.target_growth,
                "overstock_days": self.overstock_days,
                "markdown_rate": self.markdown_rate,
                "return_share": self.return_share,
            },
            distributor=rows,
        )

    def _safety(self, view: View, rows: Array) -> tuple[Pull, ...]:
        """Return the safety stock that a target service asks of each distributor, by what it buys."""
        service = self.target_service
        if self.cost_ratio is not None:
            service = float(newsvendor_ratio(1.0, self.cost_ratio))
        if service is None or rows.size == 0:
            return ()
        d = view.distributors
        review = (
            view.baseline["review_days"][rows] if self.review_days is None else np.full(rows.shape, self.review_days)
        )
        rates = d.purchase_rate[np.isin(d.row, rows)]
        factors = safety_factors(rates, _mix(view), self.dispersion_index, review + self.lead_days, service)
        lever = LEVERS["safety_factor"]
        return (Pull("safety_factor", np.clip(factors, lever.low, lever.high), {"distributor": rows}),)

    def _others(self) -> tuple[Pull, ...]:
        """Return what holds for the factory, every shop, or every distributor alike."""
        values = {
            "factory_stock_days": self.factory_stock_days,
            "suggested_orders": self.suggested_orders,
            "price_protection": self.price_protection,
            "shop_policy": None if self.shop_policy is None else tuple(SHOP_POLICIES).index(self.shop_policy),
            "shop_safety_factor": self.shop_safety_factor,
            "shop_cover_days": self.shop_cover_days,
        }
        return all_stated(values)


def _mix(view: View) -> Array:
    """Return shares of our launched products in what is sold, shape (n,); equal ones while nothing is."""
    products = view.products
    sold = np.maximum(np.nan_to_num(products.sell_in_rate[products.launched.astype(bool)]), 0.0)
    total = float(sold.sum())
    if total > 0.0:
        return np.asarray(sold / total)
    return np.full(max(sold.shape[0], 1), 1.0 / max(sold.shape[0], 1))
