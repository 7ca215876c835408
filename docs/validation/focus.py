"""Does concentrating advisors pay? Predicted from a measured response curve, then tried with the strategies.

Four territories are copies of each other: the same shops at the same places around the centre. First every territory
gets 0, 1, 2 or 4 advisors, and its sales S(a) of a year are written down. With four advisors in all, giving them to k
territories should then gain k·S(4/k) + (4 − k)·S(0) − 4·S(1) over one for each. In other markets of the same kind the
strategies `spread_evenly` and `concentrate` say whether it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from runs import BURN_IN_DAYS, Array, Size, merged, ours, panel

from sim.engine import Session, burn_in
from sim.scenario.schema import Scenario

TERRITORIES: Final = 4
POSTS: Final = (0, 1, 2, 4)
CHOSEN: Final = (1, 2)
SKILL: Final = 0.35
ISLANDS: Final[dict[str, Any]] = {
    "name": "focus",
    "rivals": {"generate": {"n": 2}},
    "mechanisms": {
        "season": False, "outlet_turnover": False, "advisor_turnover": False, "learning": False, "diversion": False,
        "push": False, "rival_answers": False, "factory_limits": False, "delivery_limits": False,
        "database_limits": False, "promoters": False,
    },
    "team": {
        "generate": None,
        "list": [{"id": f"P{t}", "territory": f"T{t}"} for t in range(TERRITORIES)],
        "turnover": {"hiring_delay_days": 0, "transfer_delay_days": 0, "hire_skill_mean": SKILL, "hire_skill_sd": 0.0},
    },
    "retail": {"ordering": {"late_share": 1.0, "over_share": 0.0, "under_share": 0.0}},
    "direction": {"budget": {"on_excess": "allow"}},
    "recording": {"visits": False},
    "strategies": {
        "spread": ({"spread_evenly": {"spending": False}},),
        **{
            f"focus {k}": ({"concentrate": {
                "territories": k, "share_of_people": 1.0, "share_of_spending": None,
                "ranking": {"by": "given", "given": tuple(f"T{t}" for t in range(k))},
            }},) for k in CHOSEN
        },
    },
}  # fmt: skip
MARKETS: Final[dict[str, dict[str, Any]]] = {
    "scarce": {"shops": 400, "minutes": 120, "spacing_km": 0.6},
    "ample": {"shops": 20, "minutes": 480, "spacing_km": 0.6},
}
"""Shops of a territory, minutes of a working day, and kilometres from the centre to the second shop."""


def market(kind: str, seed: int, days: int) -> Scenario:
    """Return four equal territories far from each other; a spiral spreads the shops evenly around each centre."""
    shops, minutes, spacing = (MARKETS[kind][name] for name in ("shops", "minutes", "spacing_km"))
    k = np.arange(shops)
    x, y = spacing * np.sqrt(k) * np.cos(2.4 * k), spacing * np.sqrt(k) * np.sin(2.4 * k)
    outlets = [
        {"outlet_id": f"T{t}S{i}", "territory": f"T{t}", "size": 10.0, "x_km": 500.0 * t + x[i], "y_km": y[i]}
        for t in range(TERRITORIES)
        for i in range(shops)
    ]
    places = [{"id": f"T{t}", "x_km": 500.0 * t, "y_km": 0.0, "radius_km": 30.0} for t in range(TERRITORIES)]
    given = {
        "seed": seed,
        "calendar": {"duration_days": days, "burn_in_days": BURN_IN_DAYS},
        "territories": {"generate": None, "list": places},
        # Shops of one size must be of one class: the limits cut by cumulative size, which is by row among equals.
        "outlets": {"generate": None, "list": outlets, "abc_limits": (0.999999, 1.0)},
        "team": {"visit": {"minutes_per_day": minutes}},
    }
    return Scenario.model_validate(merged(ISLANDS, given))


def sales(session: Session) -> Array:
    """Our units sold by territory, shape (territories,)."""
    return panel(session, "market", "sell_out_units")[:, :, ours(session)].sum(axis=(0, 2)).astype(float)


def curve(kind: str, seed: int, days: int, posts: tuple[int, ...] = POSTS) -> Iterator[float]:
    """Yield the mean sales of a territory with each number of advisors, on the same luck.

    A market has room for twice its advisors, so half of the territories get many at a time.
    """
    scenario = market(kind, seed, days)
    start = burn_in(scenario)
    halves = np.arange(TERRITORIES).reshape(2, -1)
    for n in posts:
        if n <= 2:
            yield float(with_posts(scenario, start, np.full(TERRITORIES, n)).mean())
        else:
            yield float(np.mean([with_posts(scenario, start, n * at(half))[half].mean() for half in halves]))


def at(rows: Array) -> Array:
    """Return 1 for some territories and 0 for the others."""
    return np.isin(np.arange(TERRITORIES), rows).astype(int)


def with_posts(scenario: Scenario, start: bytes, posts: Array) -> Array:
    """Return sales by territory when advisors are hired or dismissed after the burn-in."""
    session = Session.restore(scenario, start)
    for t, n in enumerate(posts.tolist()):
        session.pull("advisors", n, territory=f"T{t}")
    session.step(session.calendar.n_days)
    assert session.world.is_post.sum() == posts.sum()
    return sales(session)


def gains(kind: str, seed: int, days: int, chosen: tuple[int, ...] = CHOSEN) -> Iterator[float]:
    """Yield what concentrating on k territories gains over spreading, whole market, on the same luck."""
    scenario = market(kind, seed, days)
    start = burn_in(scenario)

    def total(strategy: str) -> float:
        session = Session.restore(scenario, start, strategy=strategy)
        session.step(session.calendar.n_days)
        return float(sales(session).sum())

    spread = total("spread")
    for k in chosen:
        yield total(f"focus {k}") - spread


def predicted(curve: dict[int, float], k: int) -> float:
    """Return the gain of k territories over all, from the sales of a territory by its advisors."""
    n = TERRITORIES
    return k * curve[n // k] + (n - k) * curve[0] - n * curve[1]


def boundary(size: Size, seed: int) -> dict[str, Any]:
    """Measure the curve in one market and try the strategies in another, on both sides of the boundary."""
    out: dict[str, Any] = {}
    for kind in MARKETS:
        found = dict(zip(POSTS, curve(kind, seed, size.days), strict=True))
        tried = gains(kind, 1000 + seed, size.days)
        out[kind] = {
            "curve": list(found.values()),
            "predicted": [predicted(found, k) for k in CHOSEN],
            "tried": list(tried),
        }
    return out


def ample_again(size: Size, seed: int) -> list[dict[str, list[float]]]:
    """Predict and try the ample market in three more pairs of markets that no other figure has used."""
    out = []
    for fresh in range(100 + 3 * seed, 103 + 3 * seed):
        found = dict(zip(POSTS, curve("ample", fresh, size.days), strict=True))
        tried = list(gains("ample", 1000 + fresh, size.days))
        out.append({"curve": list(found.values()), "predicted": [predicted(found, k) for k in CHOSEN], "tried": tried})
    return out
