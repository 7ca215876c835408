"""Goodwill and trial: advertising and word of mouth at work in every territory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, daily_cents
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank
from sim.kernels.laws import GoodwillRules, advertising_responses, bass_step, step_goodwill
from sim.kernels.snapshot import Outlets, sum_distribution, sum_habits
from sim.policies import AdvertisingResponse, GoodwillLaw
from sim.scenario.leads import acting_leads
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle
from sim.world.ground import open_ground, shares_of_ground
from sim.world.setup.companies import companies_of
from sim.world.standing import fill_standing, follow_purchases

Array = NDArray[Any]

PAY = Moment(Phase.SETTLE, Rank.MANAGEMENT, 1, "companies", "pay for advertising")
DRIFT = Moment(Phase.AGE, Rank.AGEING, 0, "goodwill and trial", "drift with advertising and word of mouth")

SETTLING = 8
"""So many half-lives of brand capital has a burn-in."""


class Goodwill:
    """All brands' standing with consumers."""

    writes = frozenset({"goodwill", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._outlets = bundle(Outlets, context.world)
        world = context.world
        self._budgets = [c.budget.advertising_cents for c in companies_of(context.scenario)]
        spec = self._spec = context.scenario.consumers.goodwill
        self._rules = bundle(
            GoodwillRules, spec, law=int(GoodwillLaw[spec.law]), response=int(AdvertisingResponse[spec.response])
        )
        self._leads = acting_leads(context.scenario)
        brands = np.unique(np.column_stack([world.product_brand, world.product_company]), axis=0)
        self._company = np.zeros(world.sizes["brand"], dtype=np.int64)
        self._company[brands[:, 0]] = brands[:, 1]
        self._brands_of_company = np.bincount(self._company, minlength=world.sizes["company"])

    def process(self, env: Clock) -> Life:
        """Live as consumers' memory of all brands: advertising is paid, goodwill and trial drift, every day."""
        while True:
            yield env.at(PAY)
            self._pay(env.today)
            yield env.at(DRIFT)
            self._drift(env.today)

    def spend_cents(self) -> Array:
        """Return advertising in cents a month, shape (n_companies, n_territories)."""
        world = self._c.world
        planned = np.array([cents * shares_of_ground(world, c) for c, cents in enumerate(self._budgets)])
        planned[0] = world.lever_advertising_cents * open_ground(world, 0)
        spend: Array = planned * world.advertising_multiplier
        return spend

    def _pay(self, day: Day) -> None:
        spend = np.floor(self.spend_cents()).astype(np.int64)
        for c, cents in enumerate(daily_cents(spend.sum(axis=1))):
            self._c.journal.company_expense(c, Account.ADVERTISING, int(cents), Sector.MEDIA)
        self._c.recorder.add("territory", day.index, advertising_cents=daily_cents(spend[0]))

    def _drift(self, day: Day) -> None:
        world, spec = self._c.world, self._spec
        if self._c.scenario.mechanisms.goodwill:
            gain = spec.response_scale * self._response() + spec.word_of_mouth * self._shares()
            step_goodwill(self._rules, world.goodwill, gain, 1)
        follow_purchases(world, self._half_life_days(day))
        fill_standing(world, self._leads)
        self._spread_trial()

    def _half_life_days(self, day: Day) -> float:
        """Half-life of brand capital; the burn-in brings it to the shares of purchases with which the run begins."""
        burn_in = self._c.calendar.burn_in_days
        whole = self._leads.capital_half_life_days
        return whole if day.index >= burn_in else min(whole, burn_in / SETTLING)

    def _response(self) -> Array:
        """Advertising response, shape (n_territories, n_brands); a company's spend is split evenly over its brands."""
        per_head = self.spend_cents().T / self._c.world.territory_population[:, None] / self._spec.reference_spend
        pressure = per_head[:, self._company] / self._brands_of_company[self._company]
        out = np.empty_like(pressure)
        advertising_responses(self._rules, pressure, out)
        return out

    def _shares(self) -> Array:
        """Smoothed purchase shares by territory, shape (n_territories, n_brands): what people talk about."""
        world = self._c.world
        total = np.zeros(world.sizes["territory"])
        brands = np.zeros((world.sizes["territory"], world.sizes["brand"]))
        sum_habits(self._outlets, total, brands)
        return brands / np.maximum(total, 1e-12)[:, None]

    def _spread_trial(self) -> None:
        """People try what they can find, so both forces of Bass work in proportion to the product's distribution."""
        world, spec = self._c.world, self._c.scenario.consumers.diffusion
        spreading = world.launched & (world.trial < 1.0)
        products = np.flatnonzero(spreading.any(axis=0))
        if not self._c.scenario.mechanisms.diffusion or not products.shape[0]:
            return
        found = self._distribution(products)
        for t, k in np.argwhere(spreading[:, products] & (found > 0.0)):
            p = products[k]
            innovation, imitation = found[t, k] * spec.innovation, found[t, k] * spec.imitation
            step = bass_step(world.trial[t, p], p=innovation, q=imitation, periods=1.0 / spec.period_days)
            world.trial[t, p] = min(1.0, step)

    def _distribution(self, products: Array) -> Array:
        """Share of open outlets that list each product, weighted by size, shape (n_territories, n_chosen)."""
        world = self._c.world
        total = np.zeros(world.sizes["territory"])
        listed = np.zeros((world.sizes["territory"], products.shape[0]))
        sum_distribution(self._outlets, products, total, listed)
        return listed / np.maximum(total, 1e-12)[:, None]
