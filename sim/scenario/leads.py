"""Leads as they act, and their loop gain: whether a lead would grow by itself for ever."""

from __future__ import annotations

from itertools import product
from math import inf, sqrt

from sim.scenario.schema import Scenario
from sim.scenario.schema.leads import LeadsSpec

OFF = LeadsSpec(capital_weight=0.0, space_by_sales=0.0, follow_neighbours=0.0, spill_over=0.0)

STEPS = 20
"""The gain is looked at for shares and distributions in so many steps from 0 to 1."""


def acting_leads(scenario: Scenario) -> LeadsSpec:
    """Return `leads` of the scenario, or coefficients of zero where the mechanism is off."""
    return scenario.leads if scenario.mechanisms.lasting_leads else OFF


def loop_gain(scenario: Scenario) -> float:
    """Return what comes back of a small lead after one turn through all loops, in the long run and at worst.

    The worst case is a duel, in which what the one brand wins the other loses. A brand is listed by the share D of
    shops and has the share q of purchases where it is listed, S = D·q of all. A small lead u in log-odds against the
    other in those shops, and y in the log-odds of being listed, make dq = q·(1 − q)·u and
    dS = S·((1 − q)·u + (1 − D)·y). They come back as

        u ← 2·B·dS + 2·η·dq + δ·a·u           (capital and word of mouth; habit; shelf space)
        y ← γ·D·(1 − D)·y + pull·B·dS         (neighbours; the brand's pull at sell-in)

    with B = (1 + spill-over)·(ω + word of mouth ÷ decay). The gain g is the larger eigenvalue of this step at the worst
    D and q. Below 1 a lead that nothing feeds any more decays, and one that is fed grows to 1 + g + g² + … of itself.
    """
    on, leads = scenario.mechanisms, acting_leads(scenario)
    consumers = scenario.consumers
    standing = (1.0 + leads.spill_over) * (leads.capital_weight + _word_of_mouth(scenario))
    habit = sum(s.share * s.habit_weight for s in consumers.segments) if on.habit else 0.0
    shelf = consumers.shelf_coefficient * leads.space_by_sales if on.shelf else 0.0
    pull = scenario.retail.listing.pull if on.listing_changes else 0.0
    follow = leads.follow_neighbours if on.listing_changes else 0.0
    if standing == inf:
        return inf
    worst = 0.0
    for m, n in product(range(1, STEPS + 1), range(1, STEPS + 1)):
        d, q = m / STEPS, n / STEPS
        by_choice, by_listing = standing * d * q * (1.0 - q), standing * d * q * (1.0 - d)
        uu = 2.0 * by_choice + 2.0 * habit * q * (1.0 - q) + shelf
        yy = follow * d * (1.0 - d) + pull * by_listing
        gain = (uu + yy) / 2.0 + sqrt((uu - yy) ** 2 / 4.0 + 2.0 * by_listing * pull * by_choice)
        worst = max(worst, gain)
    return worst


def _word_of_mouth(scenario: Scenario) -> float:
    """Goodwill that a lasting purchase share of 1 keeps up by what people say [utility]; the default law only."""
    goodwill = scenario.consumers.goodwill
    if not scenario.mechanisms.goodwill or goodwill.law != "nerlove_arrow" or goodwill.word_of_mouth == 0.0:
        return 0.0
    return goodwill.word_of_mouth / goodwill.decay_per_day if goodwill.decay_per_day > 0.0 else inf
