"""Every midnight is a seam: a saved market continues elsewhere to the same byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.engine import Session, burn_in
from sim.errors import ArsimError, StateError
from tests.market_process import in_new_process
from tests.markets import STRESSED, assert_same, books_digest, digest, finished, market

SCENARIOS: dict[str, dict[str, Any]] = {"default": {}, "stressed": STRESSED}
# Day 0 is before the first morning; 5 is the end of the burn-in, 30 the end of the run; the others are plain midnights.
MIDNIGHTS = (0, 1, 5, 11, 17, 24, 30)


@pytest.fixture(scope="module", params=SCENARIOS)
def saved(request: pytest.FixtureRequest) -> tuple[str, Session, dict[int, bytes]]:
    """An uninterrupted run, and what was saved on its way."""
    session = Session(market(SCENARIOS[request.param]))
    states = {}
    for day in range(session.calendar.n_days + 1):
        if day in MIDNIGHTS:
            states[day] = session.save()
        if not session.finished:
            session.step()
    return request.param, session, states


def test_continued_in_new_processes_the_run_ends_in_the_same_bytes(
    saved: tuple[str, Session, dict[int, bytes]], tmp_path: Path
) -> None:
    name, whole, states = saved
    tasks = []
    for day, state in states.items():
        file = tmp_path / f"{day}.market"
        file.write_bytes(state)
        tasks.append({"changes": SCENARIOS[name], "restore": str(file)})
    expected = {"tables": digest(whole.observe()), "state": books_digest(whole)}
    assert in_new_process(tasks) == [expected] * len(MIDNIGHTS)


def test_saved_in_another_process_it_continues_here(tmp_path: Path) -> None:
    file = tmp_path / "market"
    answer = in_new_process([{"changes": STRESSED, "save_at": 13, "file": str(file), "seed": 8}])
    whole = finished(market(STRESSED), seed=8)
    here = Session.restore(market(STRESSED), file.read_bytes())
    assert (here.day, here.seed) == (13, 8)
    assert books_digest(here) == answer[0]["state"]
    here.step(here.calendar.n_days)
    assert_same(here.observe(), whole.observe())
    assert books_digest(here) == books_digest(whole)


def test_saving_changes_nothing_and_is_repeatable(saved: tuple[str, Session, dict[int, bytes]]) -> None:
    name, whole, states = saved
    plain = finished(market(SCENARIOS[name]))
    assert_same(plain.observe(), whole.observe())
    assert Session.restore(whole.scenario, states[11]).save() == states[11]


def test_one_burn_in_serves_several_continuations() -> None:
    scenario = market(STRESSED)
    state = burn_in(scenario, replication=2)
    first, second = (Session.restore(scenario, state) for _ in range(2))
    for session in (first, second):
        assert session.day == scenario.calendar.burn_in_days
        session.step(session.calendar.n_days)
    assert_same(first.observe(), second.observe())
    assert_same(first.observe(), finished(scenario, replication=2).observe())


def test_reset_goes_back_to_the_first_morning() -> None:
    session = Session(market(STRESSED))
    before = session.save()
    session.step(9)
    session.reset()
    assert session.save() == before


def test_the_middle_of_a_run_can_be_observed_without_effect() -> None:
    session = Session(market(STRESSED))
    session.step(12)
    half = session.observe()
    assert half["market"]["day"].max() == 12 - 5 - 1
    session.step(session.calendar.n_days)
    assert_same(session.observe(), finished(market(STRESSED)).observe())


def test_another_scenario_is_refused() -> None:
    state = burn_in(market())
    with pytest.raises(StateError, match="another scenario"):
        Session.restore(market({"category": {"dispersion": 17.0}}), state)
    # The seed is not part of the scenario's identity: it travels with the state.
    assert Session.restore(market({"seed": 9}), state).seed == 1


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "noise", "half"])
def test_damaged_bytes_are_refused(damage: str) -> None:
    state = burn_in(market())
    middle = len(state) // 2
    broken = {
        "empty": b"",
        "cut": state[:-30],
        "flipped": state[:middle] + bytes([state[middle] ^ 0x40]) + state[middle + 1 :],
        "noise": bytes(range(256)) * 40,
        "half": state[:middle],
    }[damage]
    with pytest.raises(StateError):
        Session.restore(market(), broken)


def test_a_state_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    state = burn_in(market())
    monkeypatch.setattr("sim.saved.__version__", "0.0.0-other")
    with pytest.raises(StateError, match="version"):
        Session.restore(market(), state)


def test_no_day_beyond_the_end() -> None:
    session = finished(market())
    with pytest.raises(ArsimError, match="beyond"):
        session.step()
