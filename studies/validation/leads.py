"""How long a lead lasts that a year of effort has built, and what the neighbour feels of it.

Three territories lie in a line. In the middle one we double our people and our advertising for a year, then go back to
what was; the same saved market runs on without that, on the same luck. The lead is the difference of our share of
purchases, over eight weeks. It is measured with `mechanisms.lasting_leads` off and on.

Bands, stated before the first run:

- half-life after the push: above a quarter, within which the effects of promotions settle (Pauwels, Hanssens &
  Siddarth 2002), and below the two decades in which half of a migrant's preference fades (Bronnenberg, Dubé & Gentzkow
  2012); partly: above eight weeks;
- the same with the mechanism on over off: above 1;
- the neighbours' gain over the lead: above 0 and at most 0.2, the largest spill-over that is thought of; partly: within
  0.05 of 0 with either sign.

`python -m studies.validation.leads [MARKETS]` prints the findings; `studies.validation.make` puts them on the page.
"""

# ruff: noqa: E501  (sentences for the page are kept whole)

from __future__ import annotations

import math
import sys
from typing import Any, Final

import click
import numpy as np

from sim.engine import Session
from studies.validation.findings import Results, Section, finding, of
from studies.validation.runs import BURN_IN_DAYS, FULL, Array, Size, after_burn_in, continued, market, ours, panel

JOB: Final = "leads.lasting"
WINDOW: Final = 56
MONTH: Final = 28
SHOPS: Final = 90
CENTRE: Final = "b"
LINE: Final[dict[str, Any]] = {
    "territories": {
        "generate": None,
        "list": [
            {"id": "a", "x_km": 0.0, "y_km": 0.0, "adjacent": ["b"]},
            {"id": "b", "x_km": 80.0, "y_km": 0.0, "adjacent": ["a", "c"]},
            {"id": "c", "x_km": 160.0, "y_km": 0.0, "adjacent": ["b"]},
        ],
    },
    "team": {"generate": {"n": 3}},
    "mechanisms": {"advisor_turnover": False, "diversion": False},
    "direction": {"budget": {"on_excess": "allow"}},
    "recording": {"outlet_panel": False, "visits": False},
}


def lasting(size: Size, seed: int) -> dict[str, dict[str, Any]]:
    """Return the lead from the end of the push on, its half-life in days and the neighbours' part of it, off and on."""
    return {name: _measured(size, seed, switch) for name, switch in (("off", False), ("on", True))}


def _measured(size: Size, seed: int, switch: bool) -> dict[str, Any]:
    both = Size(size.replications, 2 * size.days, SHOPS, size.wide_outlets, size.households)
    scenario = market(both, seed, LINE, {"mechanisms": {"lasting_leads": switch}})
    saved = after_burn_in(scenario)
    lead = _shares(continued(scenario, saved, _push)) - _shares(continued(scenario, saved))
    end = size.days - WINDOW
    home, beside = lead[:, 1], lead[:, [0, 2]].mean(axis=1)
    return {
        "lead": float(home[end]),
        "left": float(home[-1] / home[end]),
        "half_life": half_life(home[end:]),
        "neighbour": float(beside[end:].mean() / home[end]),
        "home": home[end::MONTH].tolist(),
        "beside": beside[end::MONTH].tolist(),
    }


def _push(session: Session) -> None:
    """Double people and advertising in the middle for the first half of the measured days, and take them back."""
    world, middle = session.world, session.world.names.territories.index(CENTRE)
    usual = {
        "advisors": int(world.lever_advisors[middle]),
        "advertising_cents": int(world.lever_advertising_cents[middle]),
    }
    for lever, value in usual.items():
        session.pull(lever, 2 * value, territory=CENTRE)
    session.step(BURN_IN_DAYS + session.scenario.calendar.duration_days // 2)
    for lever, value in usual.items():
        session.pull(lever, value, territory=CENTRE)


def _shares(session: Session) -> Array:
    """Our share of the units sold in each window by its last day and territory, shape (days − window + 1, 3)."""
    sold = panel(session, "market", "sell_out_units").astype(float)
    mine, all_units = (
        np.lib.stride_tricks.sliding_window_view(units.sum(axis=2), WINDOW, axis=0).sum(axis=2)
        for units in (sold[:, :, ours(session)], sold)
    )
    share: Array = mine / all_units
    return share


def half_life(lead: Array) -> float:
    """Return days until a lead is half of what it was; where it never is, what the part that is left says."""
    below = np.flatnonzero(lead <= lead[0] / 2.0)
    if below.shape[0]:
        return float(below[0])
    left = lead[-1] / lead[0]
    return float((lead.shape[0] - 1) * math.log(2.0) / -math.log(left)) if 0.0 < left < 1.0 else math.nan


def section(r: Results) -> Section:
    """Return what was found, as a section of the page."""
    life = {name: of(r, JOB, lambda x, n=name: x[n]["half_life"]) for name in ("off", "on")}
    lead = {name: of(r, JOB, lambda x, n=name: x[n]["lead"]) for name in ("off", "on")}
    left = {name: of(r, JOB, lambda x, n=name: x[n]["left"]) for name in ("off", "on")}
    beside = {name: of(r, JOB, lambda x, n=name: x[n]["neighbour"]) for name in ("off", "on")}
    longer = of(r, JOB, lambda x: x["on"]["half_life"] / x["off"]["half_life"])
    quarter, decades = "above a quarter (promotions settle within it), below two decades", (91.0, 7300.0)
    findings = [
        finding(
            f"days until half of the lead is gone, mechanism {n}",
            life[n],
            life[n].text(0),
            quarter,
            decades,
            (56.0, 7300.0),
            "It goes with listings, relations and habit, which last for weeks.",
        )
        for n in life
    ]
    findings += [
        finding(
            "the same, on over off",
            longer,
            longer.text(),
            "above 1",
            (1.0, 50.0),
            (0.9, 50.0),
            "Brand capital moves too little in a year to tell.",
        ),
        finding(
            "neighbours' gain over the lead, in the year after, mechanism on",
            beside["on"],
            beside["on"].text(3),
            "0 … 0.2",
            (0.0, 0.2),
            (-0.05, 0.25),
            "What people of the middle take elsewhere is more than what spills over.",
        ),
    ]
    comment = (
        f"At the end of the push the lead is {lead['off'].percent()} of all purchases without the mechanism and {lead['on'].percent()} with it; "
        f"of it {left['off'].percent()} and {left['on'].percent()} are left a year later. Without the mechanism the neighbours gain {beside['off'].text(3)} of it."
    )
    if longer.low < 1.0:
        comment += f" That leads last longer with the mechanism did not appear: the interval of the ratio, {longer.interval()}, includes 1."
    intro = (
        "Our people and our advertising in the middle one of three territories are doubled for a year, and taken back. The lead is the difference of our share to the same "
        "market without it, over eight weeks."
    )
    return Section("A lead that lasts", "leads", intro, findings, comment)


if __name__ == "__main__":
    markets = range(1, 1 + int(sys.argv[1]) if len(sys.argv) > 1 else 1 + FULL.replications)
    for found in section({JOB: [lasting(FULL, seed) for seed in markets]}).findings:
        click.echo(" | ".join(found))
