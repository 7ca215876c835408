"""Does concentrating advisors pay? Predicted from a measured response curve, then tried with the strategies.

Four territories are copies of each other: the same shops at the same places around the centre. First every territory
gets 0, 1, 2 or 4 advisors, and its sales S(a) of a year are written down. With four advisors in all, giving them to k
territories should then gain k·S(4/k) + (4 − k)·S(0) − 4·S(1) over one for each. In other markets of the same kind the
strategies `spread_evenly` and `concentrate` say whether it does. The kinds of market lie on both sides of the boundary
and on it; between two of them a single field of the scenario is moved across.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from sim.engine import Session, burn_in
from sim.scenario.schema import Scenario
from studies.validation.runs import BURN_IN_DAYS, Array, Size, merged, ours, panel

TERRITORIES: Final = 4
POSTS: Final = (0, 1, 2, 4)
CHOSEN: Final = (1, 2)
SKILL: Final = 0.35
ISLANDS: Final[dict[str, Any]] = {
    "name": "focus",
    "rivals": {"generate": {"n": 2}},
    "mechanisms": {
        "season": False,
        "outlet_turnover": False,
        "advisor_turnover": False,
        "learning": False,
        "diversion": False,
        "push": False,
        "rival_answers": False,
        "factory_limits": False,
        "delivery_limits": False,
        "database_limits": False,
        "promoters": False,
    },
    "team": {
        "generate": None,
        "list": [{"id": f"P{t}", "territory": f"T{t}", "coaching": SKILL} for t in range(TERRITORIES)],
        "turnover": {"hiring_delay_days": 0, "transfer_delay_days": 0, "hire_skill_mean": SKILL, "hire_skill_sd": 0.0},
        # A course costs days of work, and falls on other days for those who move than for those who are hired.
        "learning": {"courses_per_year": 0.0},
    },
    "retail": {"ordering": {"late_share": 1.0, "over_share": 0.0, "under_share": 0.0}},
    "direction": {"budget": {"on_excess": "allow"}},
    "recording": {"visits": False},
    "strategies": {
        "spread": ({"spread_evenly": {"spending": False}},),
        **{
            f"focus {k}": (
                {
                    "concentrate": {
                        "territories": k,
                        "share_of_people": 1.0,
                        "share_of_spending": None,
                        "ranking": {"by": "given", "given": tuple(f"T{t}" for t in range(k))},
                    }
                },
            )
            for k in CHOSEN
        },
    },
}


class Place(NamedTuple):
    """What a territory is like.

    Attributes
    ----------
    shops : their number.
    minutes : of an advisor's working day.
    skips : chance that a shop forgets a look at its shelf, and so orders nothing.
    spacing_km : from the centre to the second shop.
    """

    shops: int
    minutes: int
    skips: float = 0.35
    spacing_km: float = 0.6


MARKETS: Final = {
    "scarce": Place(shops=400, minutes=120),
    "ample": Place(shops=20, minutes=480),
    "forgetful": Place(shops=400, minutes=480, skips=0.8),
}
BETWEEN: Final = (0.35, 0.5, 0.65)
"""Other chances to forget a look, in the forgetful market; the first is the default."""
CUTS: Final[dict[str, dict[str, Any]]] = {
    "suggested orders": {"relations": {"order_acceptance_base": 0.0, "order_acceptance_gain": 0.0}},
    "relations": {"mechanisms": {"relations": False}},
    "estimates": {"retail": {"ordering": {"smoothing": 1e-6}}},
}
"""Links between calls and sales, each cut: no suggested order is accepted, ties and shops' estimates of sales stay."""


def label(kind: str) -> str:
    """Name a kind of market by what is scarce, ample or forgetful in it."""
    return f"shops {kind}" if kind == "forgetful" else f"calls {kind}"


def market(place: Place, seed: int, days: int, change: Mapping[str, Any] | None = None) -> Scenario:
    """Return four equal territories far from each other; a spiral spreads the shops evenly around each centre."""
    k = np.arange(place.shops)
    radius = place.spacing_km * np.sqrt(k)
    x, y = radius * np.cos(2.4 * k), radius * np.sin(2.4 * k)
    outlets = [
        {"outlet_id": f"T{t}S{i}", "territory": f"T{t}", "size": 10.0, "x_km": 500.0 * t + x[i], "y_km": y[i]}
        for t in range(TERRITORIES)
        for i in range(place.shops)
    ]
    territories = [{"id": f"T{t}", "x_km": 500.0 * t, "y_km": 0.0, "radius_km": 30.0} for t in range(TERRITORIES)]
    given = {
        "seed": seed,
        "calendar": {"duration_days": days, "burn_in_days": BURN_IN_DAYS},
        "territories": {"generate": None, "list": territories},
        # Shops of one size must be of one class: the limits cut by cumulative size, which is by row among equals.
        "outlets": {"generate": None, "list": outlets, "abc_limits": (0.999999, 1.0)},
        "team": {"visit": {"minutes_per_day": place.minutes}},
        "retail": {"ordering": {"late_probability": place.skips}},
    }
    return Scenario.model_validate(merged(ISLANDS, given, change or {}))


def sales(session: Session) -> Array:
    """Our units sold by territory, shape (territories,)."""
    return panel(session, "market", "sell_out_units")[:, :, ours(session)].sum(axis=(0, 2)).astype(float)


def in_stock(session: Session) -> Array:
    """Share of our listed places that are not empty, by territory, shape (territories,)."""
    listed, filled = (panel(session, "market", f)[:, :, ours(session)] for f in ("listed_outlets", "in_stock_outlets"))
    return filled.sum(axis=(0, 2)) / listed.sum(axis=(0, 2))


def curve(
    place: Place,
    seed: int,
    days: int,
    posts: tuple[int, ...] = POSTS,
    *,
    change: Mapping[str, Any] | None = None,
    what: Callable[[Session], Array] = sales,
) -> Iterator[float]:
    """Yield the mean sales (or what else is asked for) of a territory with each number of advisors, on the same luck.

    A market has room for twice its advisors, so half of the territories get many at a time.
    """
    scenario = market(place, seed, days, change)
    start = burn_in(scenario)
    halves = np.arange(TERRITORIES).reshape(2, -1)
    for n in posts:
        if n <= 2:
            yield float(what(with_posts(scenario, start, np.full(TERRITORIES, n))).mean())
        else:
            yield float(np.mean([what(with_posts(scenario, start, n * at(half)))[half].mean() for half in halves]))


def at(rows: Array) -> Array:
    """Return 1 for some territories and 0 for the others."""
    return np.isin(np.arange(TERRITORIES), rows).astype(int)


def with_posts(scenario: Scenario, start: bytes, posts: Array) -> Session:
    """Return the market at its end when advisors are hired or dismissed after the burn-in."""
    session = Session.restore(scenario, start)
    for t, n in enumerate(posts.tolist()):
        session.pull("advisors", n, territory=f"T{t}")
    session.step(session.calendar.n_days)
    assert session.world.is_post.sum() == posts.sum()
    return session


def gains(place: Place, seed: int, days: int, chosen: tuple[int, ...] = CHOSEN) -> Iterator[float]:
    """Yield what concentrating on k territories gains over spreading, whole market, on the same luck."""
    scenario = market(place, seed, days)
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


def both(place: Place, seed: int, days: int) -> dict[str, list[float]]:
    """Measure the curve in one market, and try the strategies in another of the same kind."""
    found = dict(zip(POSTS, curve(place, seed, days), strict=True))
    return {
        "curve": list(found.values()),
        "predicted": [predicted(found, k) for k in CHOSEN],
        "tried": list(gains(place, 1000 + seed, days)),
    }


def boundary(size: Size, seed: int) -> dict[str, Any]:
    """Predict and try, on both sides of the boundary."""
    return {kind: both(place, seed, size.days) for kind, place in MARKETS.items()}


def crossing(size: Size, seed: int) -> list[dict[str, list[float]]]:
    """Predict and try where shops forget less than in the forgetful market, which is otherwise the same."""
    return [both(MARKETS["forgetful"]._replace(skips=skips), seed, size.days) for skips in BETWEEN]


def links(size: Size, seed: int) -> dict[str, list[float]]:
    """Measure the forgetful market's curve with each link cut, and with all of them the shelves that are not empty."""
    place = MARKETS["forgetful"]
    cut = {name: list(curve(place, seed, size.days, change=change)) for name, change in CUTS.items()}
    return cut | {"in stock": list(curve(place, seed, size.days, what=in_stock))}


def further(kind: str, days: int, seed: int) -> list[dict[str, list[float]]]:
    """Predict and try a kind of market in three more pairs of markets that no other figure has used."""
    return [both(MARKETS[kind], fresh, days) for fresh in range(100 + 3 * seed, 103 + 3 * seed)]


def ample_again(size: Size, seed: int) -> list[dict[str, list[float]]]:
    """Predict and try the ample market in further pairs of markets."""
    return further("ample", size.days, seed)


def scarce_again(size: Size, seed: int) -> list[dict[str, list[float]]]:
    """Predict and try the scarce market in further pairs of markets."""
    return further("scarce", size.days, seed)
