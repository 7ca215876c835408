"""Levers of the sales channel: signing, dismissing and poaching distributors, and what they cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.channel import Channel
from sim.engine import Session
from tests.identities import check_tables
from tests.markets import Tables, market, merged

MONTH = 30
HIGH = 1e9
CALM: dict[str, Any] = {
    "mechanisms": {"advisor_turnover": False, "outlet_turnover": False, "rival_answers": False},
    "calendar": {"burn_in_days": 5, "duration_days": 70},
    "recording": {"outlet_panel": False},
}
TWO: dict[str, Any] = {
    "distributors": {
        "list": [
            {"id": "D1", "territories": ["T01", "T02"], "x_km": 0.0, "y_km": 0.0, "service_radius_km": 500.0},
            {"id": "N1", "territories": ["T02"], "signed": False},
        ]
    }
}
"""One distributor of ours everywhere, and a candidate in the second territory."""


def session_of(*changes: dict[str, Any]) -> Session:
    return Session(market(CALM, *changes))


def finish(session: Session) -> Tables:
    session.step(session.calendar.n_days)
    tables = session.observe()
    check_tables(tables, session.scenario)
    return tables


def channel_of(session: Session) -> Channel:
    return next(a for a in session.agents if isinstance(a, Channel))


def row(session: Session, name: str) -> int:
    return session.world.names.distributors.index(name)


def services(tables: Tables, tier: str = "manufacturer", account: str = "services_cost") -> int:
    money = tables["money"].query("tier == @tier and party == 'ours' and account == @account")
    return int(money["amount_cents"].sum())


class TestCandidates:
    def test_a_candidate_serves_nobody_and_costs_nothing(self) -> None:
        session = session_of(TWO)
        tables = finish(session)
        n = row(session, "N1")
        assert not (session.world.outlet_distributor[:, 0] == n).any()
        assert not tables["distributor"].query("distributor == 'N1'").filter(like="units").to_numpy().any()
        assert services(tables) == 0

    def test_a_rich_offer_is_taken_and_the_outlets_follow(self) -> None:
        session = session_of(TWO)
        session.pull("offer_cents", HIGH, distributor="N1")
        session.step(1)
        world, n = session.world, row(session, "N1")
        assert world.is_contracted[n]
        there = world.outlet_territory == 1
        near = np.hypot(world.outlet_x_km - world.distributor_x_km[n], world.outlet_y_km - world.distributor_y_km[n])
        far = np.hypot(world.outlet_x_km, world.outlet_y_km)
        np.testing.assert_array_equal(world.outlet_distributor[:, 0] == n, there & (near < far))
        tables = finish(session)
        signed = tables["events"].query("kind == 'distributor_signed'")
        assert signed[["day", "subject"]].to_numpy().tolist() == [[-5, "N1"]]
        assert tables["distributor"].query("distributor == 'N1'")["delivered_units"].sum() > 0
        assert services(tables) == session.calendar.n_days * (int(HIGH) * 12 // 365)

    def test_the_retainer_agreed_is_paid_after_the_offer_has_gone(self) -> None:
        session = session_of(TWO)
        session.pull("offer_cents", HIGH, distributor="N1")
        session.step(1)
        session.pull("offer_cents", 0.0, distributor="N1")
        assert services(finish(session)) == session.calendar.n_days * (int(HIGH) * 12 // 365)

    def test_the_chance_rises_with_money_and_fit(self) -> None:
        session = session_of(TWO)
        channel, n, world = channel_of(session), row(session, "N1"), session.world
        chances = []
        for offer in (1, 100_000, 10_000_000):
            world.lever_offer_cents[n] = offer
            chances.append(channel.signing_chance(n))
        assert 0.0 < chances[0] < chances[1] < chances[2]
        world.lever_offer_cents[n] = 1
        world.distributor_capability[n] = 1.0
        assert channel.signing_chance(n) > chances[0]

    def test_the_chance_of_a_middling_candidate_without_money(self) -> None:
        """Fit one half and no money leave the intercept alone."""
        session = session_of(TWO, {"distributors": {"contracts": {"fit": 0.0, "intercept": -1.5}}})
        assert channel_of(session).signing_chance(row(session, "N1")) == pytest.approx(1.0 / (1.0 + np.exp(1.5)))

    def test_no_offer_no_negotiation(self) -> None:
        eager = {"distributors": {"contracts": {"intercept": 20.0}}}
        session = session_of(merged(TWO, eager))
        finish(session)
        assert not session.world.is_contracted[row(session, "N1")]

    def test_a_retainer_binds(self) -> None:
        session, plain = session_of(TWO), session_of(TWO)
        session.pull("offer_cents", 200_000.0, distributor="D1")
        services_paid = services(finish(session))
        finish(plain)
        d = row(session, "D1")
        assert session.world.distributor_relation[d] > plain.world.distributor_relation[d] + 0.03
        assert services_paid == session.calendar.n_days * (200_000 * 12 // 365)


class TestContracts:
    def test_a_dismissed_distributor_gives_its_outlets_to_the_nearest(self) -> None:
        both = {
            "distributors": {
                "list": [{"id": "D1", "territories": ["T01", "T02"]}, {"id": "D2", "territories": ["T01", "T02"]}]
            }
        }
        session = session_of(both)
        session.step(8)
        assert len(set(session.world.outlet_distributor[:, 0])) == 2
        session.pull("dismiss", 1, distributor="D2")
        session.step(9)
        assert set(session.world.outlet_distributor[:, 0]) == {row(session, "D1")}
        tables = finish(session)
        assert tables["events"].query("kind == 'distributor_dismissed'")["subject"].tolist() == ["D2"]
        late = tables["distributor"].query("distributor == 'D2' and day > 30")
        assert late[["delivered_units", "ordered_units"]].to_numpy().sum() == 0

    def test_rivals_distributors_are_not_ours_to_dismiss(self) -> None:
        session = session_of()
        world = session.world
        world.lever_dismiss[:] = True
        session.step()
        np.testing.assert_array_equal(world.is_contracted, world.distributor_company > 0)

    def test_core_distributors_are_served_first(self) -> None:
        """A factory that makes far too little: who is core gets it."""
        short = {
            "distributors": {"list": [{"id": "D1", "territories": ["T01"]}, {"id": "D2", "territories": ["T02"]}]},
            "ours": {"factory": {"capacity_factor": 0.2, "stock_days": 0.0}},
        }
        session = session_of(short)
        session.pull("core", 0, distributor="D1")
        received = finish(session)["distributor"].query("day > 20").groupby("distributor")["received_units"].sum()
        ordered = session.observe()["distributor"].groupby("distributor")["ordered_units"].sum()
        assert received["D2"] / ordered["D2"] > 2.0 * received["D1"] / ordered["D1"]
        assert not session.world.is_core[row(session, "D1")]


class TestPoaching:
    def test_money_wins_the_most_weakly_tied(self) -> None:
        certain = {"distributors": {"contracts": {"poach_probability": 1.0}}}
        session = session_of(certain)
        world = session.world
        weak = int(np.flatnonzero((world.distributor_company > 0) & world.covers[:, 0])[-1])
        world.distributor_relation[weak] = 0.0
        session.pull("poach_cents", HIGH, territory="T01")
        session.step(1)
        assert not world.is_contracted[weak]
        assert not (world.outlet_distributor == weak).any()
        events = session.observe()["events"].query("kind == 'distributor_poached'")
        assert events[["subject", "object"]].to_numpy().tolist() == [[world.names.distributors[weak], "ours"]]

    def test_the_chance_falls_with_the_tie_and_rises_with_the_money(self) -> None:
        session = session_of()
        channel, world = channel_of(session), session.world
        k = int(np.flatnonzero(world.distributor_company > 0)[0])
        assert channel.poaching_chance(k, 1e4) < channel.poaching_chance(k, 1e6) < 0.5
        loose = channel.poaching_chance(k, 1e6)
        world.distributor_relation[k] = 1.0
        assert channel.poaching_chance(k, 1e6) == 0.0 < loose

    def test_money_is_spent_while_there_is_somebody_to_court(self) -> None:
        offer = 400_000
        never = {"distributors": {"contracts": {"poach_probability": 0.0}}}
        session = session_of(never)
        session.pull("poach_cents", offer, territory="T01")
        assert services(finish(session)) == session.calendar.n_days * (offer * 12 // 365)
        alone = session_of(never, {"rivals": {"generate": {"n": 0}}})
        alone.pull("poach_cents", offer, territory="T01")
        assert services(finish(alone)) == 0


def test_information_systems_cost_money_each_month() -> None:
    session = session_of(TWO)
    session.pull("information_system", 1)
    fee = session.scenario.distributors.services.information_system_cents_per_month
    # The candidate shares nothing, so one distributor is charged.
    assert services(finish(session)) == session.calendar.n_days * (fee * 12 // 365)
