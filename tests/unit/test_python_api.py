"""Bad input to the Python functions is refused in the project's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.metrics.table import kpi_by
from tests.markets import market


def test_no_replications_are_refused() -> None:
    with pytest.raises(sim.InputError, match="replications: 0: must be at least 1"):
        sim.run(market(), replications=0)


def test_a_day_that_is_over_is_refused() -> None:
    session = sim.Session(market())
    session.step(until=2)
    with pytest.raises(sim.ArsimError, match="day 1 is over"):
        session.step(until=1)
    session.step(until=2)
    assert session.day == 2


def test_one_setting_may_be_given_as_text(tmp_path: Path) -> None:
    file = tmp_path / "market.yaml"
    file.write_text("name: market\n", encoding="utf-8")
    assert sim.load(file, "team.generate.n=4").team.generate == sim.load(file, ["team.generate.n=4"]).team.generate


def test_an_unknown_cut_gets_the_nearest_name() -> None:
    result = sim.run(market({"calendar": {"burn_in_days": 0, "duration_days": 2}}))
    with pytest.raises(sim.InputError, match="did you mean 'territory'"):
        kpi_by(result, ["market_share_units"], by="teritory")  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("name", ["..", ".hidden", "a/b", "-x"])
def test_a_name_can_not_lead_out_of_the_results(tmp_path: Path, name: str) -> None:
    file = tmp_path / "market.yaml"
    file.write_text(f"name: {name!r}\n", encoding="utf-8")
    with pytest.raises(sim.InputError, match="name"):
        sim.load(file)
