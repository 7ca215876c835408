"""Strategies see the database and our own books: no hidden truth reaches the view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from sim.agents.base import Day
from sim.agents.belief import rated_potential, view_of
from sim.engine import Session
from sim.scenario.schema import Scenario
from sim.strategies.view import View
from sim.world.columns import COLUMNS
from sim.world.panels import PANELS
from sim.world.world import World
from tests.markets import STRESSED, market

SHARED_DATA = {
    "distributors": {
        "generate": None,
        "list": [
            {"id": "D1", "territories": ["T01"], "information_system": True},
            {"id": "D2", "territories": ["T02"]},
            {"id": "E1", "company": "R1", "territories": ["T01", "T02"]},
            {"id": "E2", "company": "R2", "territories": ["T01", "T02"]},
        ],
    }
}

# What our people may know, by the rows that are theirs to know; every other number of the market is hidden.
OURS_TO_KNOW = {
    "outlet": {
        "outlet_x_km",
        "outlet_y_km",
        "outlet_territory",
        "outlet_channel",
        "outlet_advisor",
        "known_size",
        "known_class",
        "last_visit_day",
        "visit_count",
        "known_sales_rate",
        "known_listed",
        "seen_share",
        "seen_products",
        "seen_empty",
        "seen_price",
        "seen_promoter",
        "exclusive_company",
        "exclusive_until",
    },
    "distributor": {
        "distributor_territory",
        "covers",
        "is_core",
        "is_contracted",
        "distributor_potential",
        "distributor_relation",
        "distributor_stock_units",
        "distributor_slot",
        "lever_information_system",
    },
    "product": {"launched", "list_price_cents", "factory_cost_cents"},
    "company": {"programme_knowledge"},
    "all": {
        "is_known",
        "known_closed",
        "product_company",
        "distributor_company",
        "distributor_firm",
        "advisor_territory",
        "is_employed",
        "selling",
        "service",
        "coaching",
        "farmer",
        "visits_made",
        "territory_x_km",
        "territory_y_km",
        "territory_area_km2",
        "territory_population",
        "territory_growth",
        "adjacent",
        "distance_km",
    },
}
OUR_BOOKS = {
    "market": {"sell_in_units"},
    "distributor": {"received_units", "delivered_units"},
    "advisor": {
        *("calls", "driving_minutes", "visiting_minutes", "idle_minutes", "survey_minutes", "coaching_minutes"),
        "territory",
    },
}


def seen_by_strategies(session: Session) -> View:
    """The view on the next morning."""
    day = Day(session.day, session.calendar.date_of(session.day), True)
    return view_of(session._context, day, session.calendar.burn_in_days, {})


def arrays_of(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a view by its path."""
    for f in fields(part):
        value = getattr(part, f.name)
        if is_dataclass(value):
            yield from arrays_of(value, f"{path}{f.name}.")
        else:
            yield f"{path}{f.name}", value


def bytes_of(view: View) -> dict[str, bytes]:
    """Every value of a view to the last bit."""
    return {
        name: str((v.dtype, v.shape)).encode() + v.tobytes() if isinstance(v, np.ndarray) else repr(v).encode()
        for name, v in arrays_of(view)
    }


def differing(a: View, b: View) -> set[str]:
    left, right = bytes_of(a), bytes_of(b)
    assert left.keys() == right.keys()
    return {name for name in left if left[name] != right[name]}


def garble(column: np.ndarray, where: np.ndarray | None = None) -> None:
    """Write something else into a column, or into those of its rows that the mask names."""
    other = ~column if column.dtype == np.bool_ else (np.nan_to_num(column) * 3 + 7).astype(column.dtype)
    rows = np.ones(column.shape[0], dtype=np.bool_) if where is None else where
    column[rows] = other[rows]


def hidden_rows(world: World) -> dict[str, np.ndarray]:
    """By axis, the rows about which our people know nothing."""
    return {
        "outlet": ~world.is_known,
        "distributor": world.distributor_company != 0,
        "product": world.product_company != 0,
        "company": np.arange(world.sizes["company"]) != 0,
    }


def garble_hidden_truth(session: Session) -> None:
    """Change every number that our people can't know: state, tables, books of others, parameters of others."""
    world, recorder = session.world, session.recorder
    hidden = hidden_rows(world)
    known = {name: axis for axis, names in OURS_TO_KNOW.items() for name in names}
    world.distributor_stock_units[~world.lever_information_system] += 13
    world.exclusive_until[world.exclusive_company != 0] += 400
    world.exclusive_company[world.exclusive_company > 0] += 5
    for column in COLUMNS:
        axis = known.get(column.name)
        if axis is None:
            garble(world.columns[column.name])
        elif axis != "all":
            garble(world.columns[column.name], hidden[axis])
    for table in world.tables.values():
        table.clear()
    for name, declared in PANELS.items():
        for field in declared.fields:
            panel = getattr(recorder.panels[name], field)
            if field not in OUR_BOOKS.get(name, ()):
                panel += 17.0
            elif declared.axes[-1] == "product":
                panel[..., hidden["product"]] += 17.0
    for name in ("books_company", "books_distributor", "books_outlet", "books_outside"):
        getattr(recorder, name)[:] += 17
    other = Scenario.model_validate({"rivals": {"list": [{"id": "X", "temperament": "aggressor"}]}})
    keep = {"mechanisms", "database", "distributors"}
    update = {f: getattr(other, f) for f in Scenario.model_fields if f not in keep}
    object.__setattr__(world, "scenario", world.scenario.model_copy(update=update))


@pytest.mark.parametrize("days", [0, 4, 29])
def test_no_hidden_truth_reaches_the_view(days: int) -> None:
    session = Session(market(STRESSED, SHARED_DATA))
    session.step(days)
    world = session.world
    assert (~world.is_known).any(), "some outlets must be unknown"
    before = seen_by_strategies(session)
    garble_hidden_truth(session)
    assert differing(before, seen_by_strategies(session)) == set()


def closed(world: World) -> None:
    world.is_open[:] = ~world.is_open


TRUTHS = {
    "outlet_size": ("outlets.size", "territories.potential", "territories.weighted_distribution"),
    "habit": ("outlets.seen_share", "territories.share"),
    "outlet_stock_units": ("outlets.seen_empty", "territories.out_of_stock"),
    "is_listed": ("outlets.seen_products", "outlets.listed", "outlets.sales_rate", "territories.coverage"),
    "sales_rate": ("outlets.sales_rate", "territories.sales_rate"),
    "price_disorder": ("outlets.seen_price", "territories.price"),
    "is_open": ("outlets.row", "territories.known"),
    "relation": (),
}
"""Truths that only a company without limits of knowledge sees, and where it sees them."""


@pytest.mark.parametrize("limits", [True, False], ids=["database", "everything known"])
@pytest.mark.parametrize("truth", TRUTHS)
def test_truth_shows_only_where_everything_is_known(truth: str, limits: bool) -> None:
    session = Session(market({"mechanisms": {"database_limits": limits}}))
    session.step(12)
    before, world = seen_by_strategies(session), session.world
    column = world.columns[truth]
    if column.dtype == np.bool_ or truth == "outlet_stock_units":
        column[::2] = column[::2] == 0
    else:
        column[...] = np.linspace(0.1, 0.6, column.size).reshape(column.shape)
    found = differing(before, seen_by_strategies(session))
    if limits:
        assert found == set()
    else:
        assert set(TRUTHS[truth]) <= found
        assert bool(found) == bool(TRUTHS[truth])


def test_with_everything_known_the_view_is_the_truth() -> None:
    session = Session(market({"mechanisms": {"database_limits": False}}))
    session.step(12)
    world, view = session.world, seen_by_strategies(session)
    rows = np.flatnonzero(world.is_open)
    np.testing.assert_array_equal(view.outlets.row, rows)
    np.testing.assert_array_equal(view.outlets.size, world.outlet_size[rows])
    ours = world.is_listed[:, world.product_company == 0]
    np.testing.assert_array_equal(view.outlets.listed, ours.sum(axis=1)[rows])
    own = world.habit[:, np.unique(world.product_brand[world.product_company == 0])].sum(axis=1)
    np.testing.assert_allclose(view.outlets.seen_share[:, 0], own[rows], rtol=1e-6)
    mine = world.distributor_company == 0
    np.testing.assert_array_equal(view.distributors.rated_potential, world.distributor_potential[mine])


def test_nothing_in_a_view_can_be_written_or_is_the_market_itself() -> None:
    session = Session(market())
    session.step(7)
    own = [*session.world.columns.values(), *session.recorder.panels.values()]
    for name, value in arrays_of(seen_by_strategies(session)):
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable, name
            assert not any(np.shares_memory(value, column) for column in own), name


def test_asking_changes_nothing() -> None:
    session = Session(market(STRESSED))
    session.step(9)
    state = session.save()
    first, second = seen_by_strategies(session), seen_by_strategies(session)
    assert differing(first, second) == set()
    assert session.save() == state


@pytest.fixture
def tiny() -> tuple[Session, View]:
    """Three known outlets, the first two in the first territory, on the tenth day; numbers by hand."""
    session = Session(market({"team": {"generate": {"n": 2}}}))
    session.step(10)
    world = session.world
    a, b = np.flatnonzero(world.outlet_territory == 0)[:2]
    c = np.flatnonzero(world.outlet_territory == 1)[0]
    assert c < a, "rows of the view: c, a, b"
    rows = [a, b, c]
    world.is_known[:] = False
    world.is_known[rows] = True
    world.known_closed[:] = False
    for name in ("seen_share", "seen_products", "seen_empty", "seen_price", "seen_promoter"):
        world.columns[name][:] = np.nan
    world.known_size[rows] = 30.0, 10.0, 5.0
    world.known_sales_rate[rows] = 4.0, 1.0, 0.0
    world.last_visit_day[rows] = 10 - 3, 10 - 61, -1_000_000
    world.seen_share[[a, b]] = [[0.2, 0.5, 0.3], [0.6, 0.4, 0.0]]
    world.seen_products[[a, b]] = [[2, 1, 0], [0, 2, 0]]
    world.seen_empty[[a, b]] = [[0.5, 0.25, np.nan], [1.0, 0.75, np.nan]]
    world.seen_price[[a, b]] = [[0.9, 1.0, np.nan], [0.5, 1.2, np.nan]]
    world.seen_promoter[[a, b]] = [[0.25, 0.0, 0.0], [0.75, 0.0, 1.0]]
    world.exclusive_company[rows] = 0, 0, 1
    world.exclusive_until[rows] = 11, 10, 900
    _write_books(session)
    return session, seen_by_strategies(session)


def _write_books(session: Session) -> None:
    world, panels = session.world, session.recorder.panels
    for name, values in {
        "market.sell_in_units": 3.0,
        "distributor.received_units": 8.0,
        "distributor.delivered_units": 4.0,
        "advisor.calls": 0.0,
        "advisor.driving_minutes": 0.0,
        "advisor.visiting_minutes": 0.0,
        "advisor.idle_minutes": 0.0,
        "advisor.territory": 0.0,
    }.items():
        panel, field = name.split(".")
        getattr(panels[panel], field)[:] = values
    for field, value in {
        "calls": 20.0,
        "driving_minutes": 120.0,
        "visiting_minutes": 200.0,
        "idle_minutes": 80.0,
    }.items():
        getattr(panels["advisor"], field)[4:6, 0] = value
    world.distributor_stock_units[:] = 40


def test_known_outlets_by_hand(tiny: tuple[Session, View]) -> None:
    outlets = tiny[1].outlets
    assert outlets.territory.tolist() == [1, 0, 0]
    assert outlets.last_seen.tolist() == [1_000_010, 3, 61]
    assert outlets.size.tolist() == [5.0, 30.0, 10.0]
    assert outlets.listed.tolist() == [0, 2, 0]
    assert outlets.exclusive.tolist() == [False, True, False]
    assert np.isnan(outlets.seen_share[0]).all()


def test_territories_by_hand(tiny: tuple[Session, View]) -> None:
    t = tiny[1].territories
    assert t.known.tolist() == [2, 1]
    assert t.unvisited.tolist() == [1, 1]
    assert t.potential.tolist() == [40.0, 5.0]
    assert t.sales_rate.tolist() == [5.0, 0.0]
    assert t.numeric_distribution.tolist() == [0.5, 0.0]
    assert t.weighted_distribution.tolist() == [0.75, 0.0]
    np.testing.assert_allclose(t.share[0], [(30 * 0.2 + 10 * 0.6) / 40, (30 * 0.5 + 10 * 0.4) / 40, 9 / 40], rtol=1e-6)
    assert np.isnan(t.share[1]).all()
    assert t.rank.tolist() == [2, 3]
    np.testing.assert_allclose(t.coverage[0], [0.5, 1.0, 0.0])
    np.testing.assert_allclose(t.out_of_stock[0], [0.5, 0.5, np.nan])
    np.testing.assert_allclose(t.price[0], [0.9, 1.1, np.nan], rtol=1e-6)
    np.testing.assert_allclose(t.promoters[0], [0.5, 0.0, 0.5])
    for table in (t.coverage, t.out_of_stock, t.price, t.promoters):
        assert np.isnan(table[1]).all()


def test_own_books_by_hand(tiny: tuple[Session, View]) -> None:
    """Ten days have passed: two of them with 20 calls; two products of ours; two territories."""
    view = tiny[1]
    assert view.territories.sell_in_rate.tolist() == [6.0, 6.0]
    assert view.products.sell_in_rate.tolist() == [6.0, 6.0]
    assert view.territories.calls_per_day.tolist() == [4.0, 0.0]
    np.testing.assert_allclose(view.territories.travel_share, [0.3, np.nan])
    assert view.distributors.purchase_rate.tolist() == [16.0, 16.0]
    assert np.isnan(view.distributors.stock_days).all(), "nobody shares data"


def test_stock_shows_where_data_are_shared(tiny: tuple[Session, View]) -> None:
    session = tiny[0]
    session.pull("information_system", 1, distributor=session.world.names.distributors[0])
    days = seen_by_strategies(session).distributors.stock_days
    assert days[0] == pytest.approx(2 * 40 / (2 * 4.0))
    assert np.isnan(days[1:]).all()


def test_books_reach_back_28_days() -> None:
    session = Session(market({"calendar": {"duration_days": 60}}))
    session.step(40)
    calls = session.recorder.panels["advisor"].calls
    calls[:] = 0.0
    calls[11, 0] = 1000.0
    calls[12, 0] = 28.0
    calls[39, 0] = 56.0
    assert seen_by_strategies(session).territories.calls_per_day.sum() == pytest.approx(3.0)


def test_the_first_morning_has_no_books_yet() -> None:
    view = seen_by_strategies(Session(market()))
    assert (view.territories.sell_in_rate == 0.0).all()
    assert np.isnan(view.territories.travel_share).all()
    assert view.day == -5


def test_a_rating_stays_with_its_distributor() -> None:
    session = Session(market())
    first = rated_potential(session._context)
    truth = session.world.distributor_potential
    assert (first != truth).any()
    session.step(9)
    np.testing.assert_array_equal(rated_potential(session._context), first)
    exact = Session(market({"distributors": {"rating_error": 0.0}}))
    np.testing.assert_array_equal(rated_potential(exact._context), exact.world.distributor_potential)


def test_people_who_left_are_gone_from_the_view(tiny: tuple[Session, View]) -> None:
    session, before = tiny
    post = int(before.people.post[0])
    session.world.is_employed[post] = False
    after = seen_by_strategies(session)
    assert post not in after.people.post
    assert after.people.post.size == before.people.post.size - 1
