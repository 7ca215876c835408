"""What platforms, distributors, rivals, learning, spare time and targets do, each with its mechanism switched on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from sim.agents.partner import share_of_business
from sim.agents.rival import Instrument
from sim.agents.targets import MONTH, part_left
from sim.engine import Session
from sim.ledger.recorder import Event
from studies.validation.runs import BURN_IN_DAYS, Array, Size, after_burn_in, continued, daily_sales, market, panel

PLAIN: Final[dict[str, Any]] = {
    "mechanisms": {"advisor_turnover": False},
    "direction": {"budget": {"on_excess": "allow"}},
    "recording": {"outlet_panel": False, "visits": False},
}
DENSITIES: Final = (60, 180, 540, 1080)
"""Shops of a territory of 12 km radius."""
SHOPS_A_PERSON: Final = 150
DISCOUNTS: Final = (0.0, 0.05, 0.1)
RIVALS: Final = 3
ATTACKED: Final = 3
"""Of six territories."""
PLAYBOOKS: Final = {"without a playbook": 0.0, "with a playbook": 1.0}
TEAMS: Final = (1, 2, 4, 8)
SHOPS_OF_TEAMS: Final = 400
BONUSES: Final = {"no bonus": 0, "bonus": 350_000}
"""Half a month's wage."""
OUTLOOKS: Final = np.array([-1.0, -0.5, -0.35, -0.25, -0.15, -0.05, 0.05, 0.15, 0.25, 0.35, 0.5, 1.0])
LAST_DAYS: Final = 10


def _short(size: Size, days: int, outlets: int) -> Size:
    return Size(size.replications, min(size.days, days), outlets, size.wide_outlets, size.households)


def platform(size: Size, seed: int) -> dict[str, list[float]]:
    """What the platform of an open territory costs for a unit sold and of our revenue, with few and with many shops."""
    a_unit, of_revenue, an_outlet = [], [], []
    for n in DENSITIES:
        change = {
            "territories": {"generate": {"n": 1}},
            "team": {"generate": {"n": max(1, n // SHOPS_A_PERSON)}},
            "mechanisms": {"ground": True},
        }
        session = Session(market(_short(size, 90, n), seed, PLAIN, change))
        session.step(session.calendar.n_days)
        cents = float(panel(session, "territory", "platform_cents").sum())
        units = float(daily_sales(session).sum())
        a_unit.append(cents / 100.0 / units)
        of_revenue.append(cents / _revenue(session))
        an_outlet.append(units / n / session.scenario.calendar.duration_days * 30.0)
    return {"a_unit": a_unit, "of_revenue": of_revenue, "an_outlet": an_outlet}


def _revenue(session: Session) -> float:
    """Our revenue of the measured days. [cents]."""
    books = session.observe()["money"].query("tier == 'manufacturer' and party == 'ours' and account == 'revenue'")
    return -float(books.loc[books["day"] >= 0, "amount_cents"].sum())


def attention(size: Size, seed: int) -> dict[str, Any]:
    """Our distributors' attention against our share of their business at three discounts; sales, switch off and on."""
    found: dict[str, Any] = {"share": [], "attention": [], "sales": {}}
    for name, switch in (("off", False), ("on", True)):
        change = {
            "territories": {"generate": {"n": 3}},
            "distributors": {"generate": {"per_territory": 2}},
            "mechanisms": {"distributor_companies": switch},
        }
        scenario = market(_short(size, 364, 150), seed, PLAIN, change)
        saved = after_burn_in(scenario)
        found["sales"][name] = []
        for discount in DISCOUNTS if switch else DISCOUNTS[:: len(DISCOUNTS) - 1]:
            session = continued(scenario, saved, lambda s, d=discount: s.pull("discount", d))
            world = session.world
            half = session.scenario.calendar.duration_days // 2
            found["sales"][name].append(float(daily_sales(session)[half:].mean()))
            if switch:
                rows = np.flatnonzero((world.distributor_company == 0) & world.is_contracted)
                found["share"].append(share_of_business(world)[rows].tolist())
                found["attention"].append(world.distributor_attention[rows].tolist())
    return found


def answers(size: Size, seed: int) -> dict[str, dict[str, float]]:
    """How often three followers answer, in peace and where we cut prices by a tenth, switch off and on."""
    found = {}
    for name, switch in (("off", False), ("on", True)):
        spec = [
            {"id": f"R{k}", "temperament": "follower", "conduct": {"retreat_months": 240}} for k in range(1, 1 + RIVALS)
        ]
        change = {
            "territories": {"generate": {"n": 2 * ATTACKED}},
            "rivals": {"generate": None, "list": spec},
            "mechanisms": {"rival_companies": switch},
        }
        scenario = market(_short(size, 364, 180), seed, PLAIN, change)
        saved = after_burn_in(scenario)
        peace, war = continued(scenario, saved), continued(scenario, saved, _attack)
        found[name] = {
            "peace": _answered(peace, 0, ATTACKED)[0],
            "war": _answered(war, 0, ATTACKED)[0],
            "beside": _answered(war, ATTACKED, 2 * ATTACKED)[0],
            "same": _answered(war, 0, ATTACKED)[1],
        }
    return found


def _attack(session: Session) -> None:
    """Cut the prices of all our products by a tenth in the first territories."""
    for name in session.world.names.territories[:ATTACKED]:
        session.pull("price_cut", 0.1, territory=name)


def _answered(session: Session, first: int, end: int) -> tuple[float, float]:
    """Return answers in some territories a rival, territory and month, and the part of them that were price cuts."""
    events = session.world.tables["events"].columns()
    place, months = events["territory"], session.scenario.calendar.duration_days / 30.0
    begun = (events["kind"] == Event.RIVAL_ANSWER) & (events["day"] >= BURN_IN_DAYS) & (first <= place) & (place < end)
    n = int(begun.sum())
    prices = float((events["value"][begun] == Instrument.PRICE).mean()) if n else float("nan")
    return n / (RIVALS * (end - first) * months), prices


def learning(size: Size, seed: int) -> dict[str, dict[str, list[float]]]:
    """Efficiency of our work by month since a territory's first working day: the first one, and three that follow."""
    change = {
        "territories": {"generate": {"n": 4}},
        "team": {"generate": None, "list": [{"id": "A1", "territory": "T01"}], "spare_posts": 8},
        "mechanisms": {"programme": True},
    }
    scenario = market(_short(size, 364, 320), seed, PLAIN, change)
    saved = after_burn_in(scenario)
    found = {}
    for name, share in PLAYBOOKS.items():
        session = continued(scenario, saved, lambda s, share=share: _second_wave(s, share))
        at_work = np.zeros((scenario.calendar.duration_days, 4), dtype=bool)
        where, working = panel(session, "advisor", "territory"), panel(session, "advisor", "working") > 0
        for t in range(4):
            at_work[:, t] = (working & (where == t)).any(axis=1)
        begin = [int(np.argmax(at_work[:, t])) for t in range(4)]
        months = range(0, scenario.calendar.duration_days - max(begin), MONTH)
        found[name] = {"begin": [float(x) for x in begin]}
        for what in ("knowledge", "efficiency"):
            seen = panel(session, "territory", what)
            found[name][f"first {what}"] = [float(seen[begin[0] + d, 0]) for d in months]
            found[name][f"second {what}"] = [float(np.mean([seen[begin[t] + d, t] for t in (1, 2, 3)])) for d in months]
            found[name][f"year {what}"] = [float(x) for x in seen[::MONTH, 0]]
    return found


def _second_wave(session: Session, playbook: float) -> None:
    """Work with a playbook from the first day on; half-way, hire one person for each of the other territories."""
    session.pull("playbook", playbook)
    session.step(BURN_IN_DAYS + session.scenario.calendar.duration_days // 2)
    for name in session.world.names.territories[1:]:
        session.pull("advisors", 1, territory=name)


def spare_time(size: Size, seed: int) -> dict[str, dict[str, list[float]]]:
    """Idle share, calls and shops found by more and more advisors for the same shops, switch off and on."""
    found: dict[str, dict[str, list[float]]] = {}
    for name, switch in (("off", False), ("on", True)):
        rows: dict[str, list[float]] = {"idle": [], "calls": [], "found": []}
        for n in TEAMS:
            change = {
                "territories": {"generate": {"n": 1}},
                "team": {"generate": {"n": n}},
                "mechanisms": {"task_minutes": switch},
            }
            session = Session(market(_short(size, 60, SHOPS_OF_TEAMS), seed, PLAIN, change))
            session.step(session.calendar.n_days)
            minutes = {x: float(panel(session, "advisor", f"{x}_minutes").sum()) for x in _MINUTES}
            rows["idle"].append(minutes["idle"] / sum(minutes.values()))
            days = session.scenario.calendar.duration_days
            rows["calls"].append(float(panel(session, "advisor", "calls").sum()) * 30.0 / days)
            rows["found"].append(float(panel(session, "advisor", "found_outlets").sum()) * 30.0 / days)
        found[name] = rows
    return found


_MINUTES = ("driving", "visiting", "survey", "coaching", "idle")


def targets(size: Size, seed: int) -> dict[str, Any]:
    """Effort by how far the month will end from the target, and what it does to orders, with and without a bonus."""
    change = {"team": {"generate": {"n": 6}}, "mechanisms": {"targets_act": True}}
    scenario = market(_short(size, 364, 300), seed, PLAIN, change)
    saved = after_burn_in(scenario)
    return {name: _month(scenario, saved, cents) for name, cents in BONUSES.items()}


def _month(scenario: Any, saved: bytes, cents: int) -> dict[str, Any]:
    watch = _Watch()
    session = continued(scenario, saved, lambda s: watch.through(s, cents))
    orders = panel(session, "advisor", "order_units").sum(axis=1)
    day = (BURN_IN_DAYS + np.arange(orders.shape[0]) - 1) % MONTH
    rows = session.observe()["targets"]
    rows = rows[(rows["level"] == "advisor") & (rows["day"] > MONTH) & (rows["units"] > 0)]
    return {
        **watch.by_outlook(),
        "late_orders": float(orders[day >= MONTH - LAST_DAYS].sum() / orders.sum()),
        "calls": float(panel(session, "advisor", "calls").sum()),
        "reached": float((rows["achieved_units"] >= rows["units"]).mean()),
        "attained": float((rows["achieved_units"] / rows["units"]).median()),
    }


class _Watch:
    """Everybody's outlook in the morning and effort of the day."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, Array, Array]] = []

    def through(self, session: Session, cents: int) -> None:
        """Promise a bonus, and watch every working day to the end."""
        session.pull("bonus_cents", cents)
        world = session.world
        while session.day < session.calendar.n_days:
            left, target = part_left(session.day), world.advisor_target_units.copy()
            written = world.written_units.copy()
            session.step()
            here = world.is_employed & (target > 0)
            self._rows.append((left, written[here] / target[here] + left - 1.0, world.effort[here].copy()))

    def by_outlook(self) -> dict[str, list[float]]:
        """Mean effort by outlook, in the last days of a month and before."""
        last = [row for row in self._rows if row[0] <= LAST_DAYS / MONTH + 1e-9]
        early = [row for row in self._rows if row[0] > LAST_DAYS / MONTH + 1e-9]
        return {"late": _binned(last), "early": _binned(early)}


def _binned(rows: list[tuple[float, Array, Array]]) -> list[float]:
    outlook, effort = np.concatenate([r[1] for r in rows]), np.concatenate([r[2] for r in rows])
    place = np.digitize(outlook, OUTLOOKS) - 1
    pick: Callable[[int], Array] = lambda k: effort[place == k]  # noqa: E731
    return [float(pick(k).mean()) if (place == k).sum() >= 5 else float("nan") for k in range(OUTLOOKS.shape[0] - 1)]
