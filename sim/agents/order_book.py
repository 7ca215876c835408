"""The day's order book: what outlets order, by themselves or at a call of an advisor or a rival, and on what terms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context
from sim.kernels.calls import CallRules, Ties
from sim.kernels.ordering import AgreedRule, ReorderRule, Shelves
from sim.policies import ShopPolicy
from sim.world.accounts import Account

Array = NDArray[Any]


class OrderBook:
    """What shops, advisors and rivals write their orders into, with the bundles that the kernels take for it."""

    def __init__(self, context: Context) -> None:
        self._c = context
        world, scenario = context.world, context.scenario
        payment = scenario.retail.payment
        daily = world.outlet_working_capital_cents / payment.opening_cash_days
        self._credit_cents = np.floor(daily * payment.credit_limit_days).astype(np.int64)
        self.ordered = np.zeros((world.n_outlets, world.sizes["product"]), dtype=np.int32)
        self.won = np.zeros((world.n_outlets, world.sizes["product"]), dtype=np.bool_)
        self.purse_cents = np.zeros(world.n_outlets, dtype=np.int64)
        # Columns are written in place, so the bundles stay true; only what is derived is written anew.
        self._promoted = np.zeros(world.promotion_utility.shape, dtype=np.bool_)
        self._shelves, self._ties = self._bundle_shelves(), self._bundle_ties()
        self.call_rules = self._call_rules()
        self.reorder_rule = self._reorder_rule()

    def open_day(self) -> None:
        """Clear the day's scratch and count what each shop can still spend or owe."""
        self.ordered[:] = 0
        self.won[:] = False
        books = self._c.world.outlet_books
        self.purse_cents[:] = np.maximum(books[:, Account.CASH] + books[:, Account.PAYABLE] + self._credit_cents, 0)

    def owes_too_much(self) -> Array:
        """Whether each outlet's unpaid invoices exceed its credit limit, shape (n_outlets,).

        Who is given more days to pay for our products is given as many days more of them.
        """
        world = self._c.world
        limit = self._credit_cents
        if world.lever_shop_terms_days.any():
            bought = (world.sales_rate * world.is_listed) @ (world.trade_price_cents * (world.product_company == 0))
            limit = limit + np.floor(self.extra_terms_days() * bought).astype(np.int64)
        return -world.outlet_books[:, Account.PAYABLE] > limit

    def extra_terms_days(self) -> Array:
        """Days that each outlet is given to pay for our products beyond its usual terms, shape (n_outlets,)."""
        world = self._c.world
        return world.lever_shop_terms_days[world.outlet_territory]

    def shelves(self) -> Shelves:
        """Return the outlets' stock and orders."""
        np.greater(self._c.world.promotion_utility, 0.0, out=self._promoted)
        return self._shelves

    def ties(self) -> Ties:
        """Return the outlets' relations and shelves."""
        return self._ties

    def _bundle_shelves(self) -> Shelves:
        w = self._c.world
        return Shelves(
            w.outlet_slot, w.is_open, w.is_listed, w.launched, w.outlet_stock_units, w.outlet_inbound_units,
            w.open_order_units, w.order_day, w.outlet_distributor, w.outlet_storage_units, w.outlet_review_days,
            w.ordering_habit, w.sales_rate, w.review_sold_units, w.last_review_day, self.purse_cents,
            w.distributor_markdown, w.taught, w.visit_count, w.outlet_territory, self._promoted, w.trade_price_cents,
            w.case_units, w.product_company,
        )  # fmt: skip

    def agreed_rule(self) -> AgreedRule:
        """Return the rule of ordering our products, as the levers stand now."""
        w = self._c.world
        return AgreedRule(w.lever_shop_policy, w.lever_shop_safety_factor, w.lever_shop_cover_days)

    def _bundle_ties(self) -> Ties:
        w = self._c.world
        return Ties(
            w.relation, w.personal_tie, w.shelf_gain, w.outlet_facings, w.shelf_price_cents, w.exclusive_company,
            w.exclusive_until, w.goodwill, w.outlet_territory, w.product_brand, w.product_appeal, w.weight_is_stale,
        )  # fmt: skip

    def _call_rules(self) -> CallRules:
        s = self._c.scenario
        relations, listing, shelf, visit, on = s.relations, s.retail.listing, s.retail.shelf, s.team.visit, s.mechanisms
        return CallRules(
            relations.gain_per_contact, relations.personal_share, shelf.visit_gain, shelf.best_weight,
            relations.order_acceptance_base, relations.order_acceptance_gain, listing.intercept, listing.relation,
            listing.margin, listing.pull, listing.skill, listing.free_shelf, listing.rival_relation,
            listing.facings_per_product, visit.order_safety_factor, s.retail.ordering.dispersion_index,
            s.retail.ordering.expected_lead_days, visit.hunter_order_lift, visit.estimate_error, on.relations,
            on.listing_changes, on.shelf, True,
        )  # fmt: skip

    def _reorder_rule(self) -> ReorderRule:
        ordering = self._c.scenario.retail.ordering
        return ReorderRule(
            int(ShopPolicy[ordering.policy]), ordering.safety_factor, ordering.expected_lead_days,
            0.0 if ordering.policy == "order_up_to" else ordering.s_S_cover_days, ordering.smoothing,
            ordering.dispersion_index,
            ordering.late_probability, ordering.teaching_effect, ordering.over_factor, ordering.under_factor,
            ordering.minimum_cases,
            self._c.scenario.distributors.push.markdown_order_lift, ordering.promotion_lift, True,
        )  # fmt: skip
