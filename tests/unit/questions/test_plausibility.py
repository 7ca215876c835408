"""The plausibility card: values worked by hand, and what must be caught, each with the field to look at."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim import cli
from sim.engine import Session
from sim.loading import load
from sim.questions.plausibility import known, ran
from sim.questions.plausibility.band import Band, Found, Line, card
from sim.questions.plausibility.ran import REPLICATIONS, Ran, one_fewer, one_more, ran_lines
from sim.runs.replications import run
from sim.scenario.schema import Scenario
from sim.terminal.plausible import print_doubts
from sim.terminal.progress import Count
from sim.world.setup import build_world
from tests.markets import market

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
PLACES = [
    {"id": "east", "x_km": 0, "y_km": 0, "population": 1000},
    {"id": "west", "x_km": 30, "y_km": 0, "population": 3000},
]
SHOPS = [
    {"outlet_id": f"{place}{k}", "x_km": x + k / 10, "y_km": 0, "size": 20, "territory": place}
    for place, x in (("east", 0), ("west", 30))
    for k in range(4)
]
HAND: dict[str, Any] = {
    "territories": {"generate": None, "list": PLACES},
    "outlets": {"generate": None, "list": SHOPS},
    "team": {"generate": None, "list": [{"id": "a", "territory": "east"}, {"id": "b", "territory": "west"}]},
    "recording": {"outlet_panel": False},
}
"""Four outlets of 20 shoppers in each of two territories, two advisors, one distributor of each company in each."""


def lines_of(*changes: dict[str, Any]) -> dict[str, Line]:
    """The card without a run, by the names of its lines up to a colon."""
    scenario = market(HAND, *changes)
    return {line.name.split(":")[0]: line for line in [*known.stated_lines(scenario), *known.built_lines(scenario)]}


def warning(lines: dict[str, Line], name: str) -> str:
    assert lines[name].is_warning
    return lines[name].verdict


def test_a_line_says_what_it_is_its_band_and_where_to_look():
    bands = (
        Band("near", 1.0, 3.0, "km", "a book", "a.field", lambda x: (Found(x), Found(5 * x, "far"))),
        Band("cost", 1.0, 3.0, "CNY", "", "b", lambda x: (Found(9 * x),)),
        Band("gap", 1.0, math.inf, "share", "", "c", lambda _: (Found(math.nan), Found(0.5, error=0.012))),
    )
    lines = list(card(bands, 2.0, "CNY"))
    assert lines[0] == ("near", "2 km", "1–3", "fits", "a book", False)
    assert lines[1][:4] == ("near: far", "10 km", "1–3", "too high: look at a.field")
    assert [line.is_warning for line in lines] == [False, True, True, False, True]
    assert lines[3][1:4] == ("-", "at least 100", "not known")
    assert lines[4][1:4] == ("50 ± 1.2 %", "at least 100", "too low: look at c")
    assert list(card(bands, 2.0, "EUR"))[2][:5] == ("cost", "18 EUR", "", "no band", "")


def test_what_is_known_without_a_run_is_as_worked_by_hand():
    lines = lines_of()
    assert lines["outlets a field person"].value == "4 outlets"
    assert lines["outlets a distributor"].value == "4 outlets"
    assert lines["residents an outlet"].value == "500 persons"
    assert lines["category shoppers an outlet and day"].value == "20 shoppers"
    # eight equal shops make 80 % of the trade with seven of them, 95 % with all: class A every 7 days, B every 14
    assert lines["calls a day that the visit plan asks"].value == f"{(7 / 7 + 1 / 14) / 2 * 7 / 5:.3g} calls"
    # 1 − (130 + 4) ÷ 200 = 33 % of the first product, 1 − (162 + 4) ÷ 250 = 33.6 % of the second, which sells less
    assert lines["our gross margin on the price to distributors"].value == "33.3 %"
    assert lines["distributors' margin"].value == "11.1 %"
    assert lines["shops' margin"].value == "25 %"


def test_money_is_shown_in_the_scenarios_currency_and_not_in_cents():
    assert lines_of()["pay of a field person a month"].value == "7,000 CNY"
    euro = lines_of({"currency": "EUR"})["pay of a field person a month"]
    assert (euro.value, euro.verdict) == ("7,000 EUR", "no band")


def test_purchases_a_head_are_those_that_the_market_then_makes():
    changes = {"calendar": {"burn_in_days": 0, "duration_days": 28}, "mechanisms": {"season": False}}
    scenario = market(HAND, changes)
    session = Session(scenario)
    expected = known._per_head(session.world)
    session.step(28)
    bought = session.observe()["market"]["sell_out_units"].sum() / 28 * 365 / 4000
    assert bought == pytest.approx(expected, rel=0.25)  # the first estimates of the shops are rough


@pytest.mark.parametrize("real", [1e-3, 1e6])
def test_absurd_purchases_a_head_are_a_warning(real):
    lines = lines_of({"category": {"purchases_per_head_year": real}})
    assert "outlets.generate.size_median_shoppers" in warning(lines, "the same, against the category's real figure")


def test_wages_of_60_yuan_are_a_warning():
    verdict = warning(lines_of({"team": {"wage_cents_per_month": 6000}}), "pay of a field person a month")
    assert verdict == "too low: look at team.wage_cents_per_month, which is in cents"


@pytest.mark.parametrize(
    "field",
    ["outlets.census.x", "retail.ordering.late_share", "ours.promotion.price_cut", "consumers.shelf_coefficient"],
)
def test_15_for_a_share_of_015_is_refused_by_its_bounds(field):
    value: Any = 15
    for name in reversed(field.split(".")):
        value = {name: value}
    with pytest.raises(ValidationError):
        market(value)


def test_a_territory_without_outlets_is_a_warning_that_names_it():
    desert = {"id": "sand", "name": "Desert", "x_km": 90, "y_km": 0}
    scenario = market(HAND, {"territories": {"list": [*PLACES, desert]}})
    line = next(line for line in known.built_lines(scenario) if line.name.startswith("outlets of the territory"))
    assert line.name.endswith(": Desert")
    assert line[1:4] == ("0 outlets", "at least 1", "too low: look at outlets, territories")


def test_five_million_outlets_are_a_warning_at_once():
    scenario = market({"outlets": {"generate": {"n": 5_000_000}}, "calendar": {"duration_days": 365}})
    lines = {line.name: line for line in known.stated_lines(scenario)}
    assert "outlets" in warning(lines, "time of a run, all replications")
    assert "outlets" in warning(lines, "memory of a run")
    assert known.built_lines(scenario) == []


def test_an_own_list_of_distributors_that_leaves_rivals_none_is_a_warning_that_names_them():
    mine = {"id": "d", "territories": ["east", "west"]}
    lines = lines_of({"distributors": {"generate": None, "list": [mine]}})
    line = lines["outlets that each company's distributors reach"]
    assert (line.value, line.name.split(": ")[1]) == ("0 %", "Rival 1, Rival 2")
    assert "distributors.list and distributors.generate" in warning(lines, line.name.split(":")[0])
    assert not lines_of({"distributors": {"generate": {}, "list": [mine]}})[line.name.split(":")[0]].is_warning


@pytest.mark.parametrize("name", ["baseline", "sichuan", "questions/region", "questions/district"])
def test_the_shipped_markets_stand_inside_every_band_that_needs_no_run(name):
    scenario = load(SCENARIOS / f"{name}.yaml")
    lines = [*known.stated_lines(scenario), *known.built_lines(scenario)]
    assert [line.name for line in lines if line.is_warning] == []


def test_the_newcomers_of_the_second_wave_are_not_yet_in_the_shops():
    """No county is open before a wave opens it; a tenth of the market would be the most that a newcomer may have."""
    scenario = load(SCENARIOS / "questions" / "second_wave.yaml", ["calendar.duration_days=1"])
    (found,) = ran._day_0(Ran(run(scenario)), newcomer=True)
    assert found.value == 0.0


def test_nobody_in_the_field_is_no_band_to_break():
    lines = lines_of({"mechanisms": {"advisors": False}})
    assert lines["outlets a field person"].verdict == "not known"
    assert lines["pay of a field person a month"].verdict == "not known"


class TestAdvertising:
    def test_the_elasticity_is_that_of_goodwill_at_rest_in_a_logit_share(self):
        world = Session(market(HAND)).world
        spec, share = world.scenario.consumers.goodwill, known._buyers(world)[0]
        pressure = 300_000 / 4000 / spec.reference_spend
        expected = (1 - share) * 0.5 * spec.response_scale * math.sqrt(pressure) / spec.decay_per_day
        assert known._advertising_elasticity(world) == pytest.approx(expected, rel=1e-6)

    def test_at_the_best_spending_the_ratio_is_1(self):
        """Search the profit of a longer time by hand: margin × sales(A) − A, with sales in that elasticity."""
        world = Session(market(HAND)).world
        ratio = known._dorfman_steiner(world)
        margin = known._our_margin(world) * known._sales_a_month(world)
        elasticity = known._advertising_elasticity(world)
        # d(margin × sales)/dA = margin·ε/A, which is 1 where the ratio is 1
        assert margin * elasticity / 300_000 == pytest.approx(1 / ratio)

    def test_more_of_it_is_a_warning(self):
        lines = lines_of({"ours": {"budget": {"advertising_cents": 10**9}}})
        assert "ours.budget.advertising_cents" in warning(lines, "advertising ÷ gross margin, against its elasticity")


class TestOneAdvisorMoreAndFewer:
    def test_of_a_generated_team(self):
        scenario = market()
        assert one_more(scenario).team.generate.n == scenario.team.generate.n + 1
        assert one_fewer(scenario).team.generate.n == scenario.team.generate.n - 1

    def test_of_a_listed_team_where_there_is_most_and_least_to_do(self):
        team = [{"id": "a", "territory": "east"}, *({"id": f"b{k}", "territory": "west"} for k in range(3))]
        scenario = market(HAND, {"team": {"list": team}})
        assert [a.territory for a in one_more(scenario).team.list] == ["east", "west", "west", "west", "east"]
        talent = build_world(scenario)[0].talent[1:4]
        middling = int(np.argmin(np.abs(talent - talent.mean())))
        kept = ["a", *(f"b{k}" for k in range(3) if k != middling)]
        assert [a.id for a in one_fewer(scenario).team.list] == kept

    def test_of_equals_in_talent_the_last_goes(self):
        team = [{"id": f"b{k}", "territory": "west"} for k in range(3)]
        scenario = market(HAND, {"team": {"list": team, "talent": {"spread": 0.0}}})
        assert [a.id for a in one_fewer(scenario).team.list] == ["b0", "b1"]

    def test_nobody_gives_up_a_territory_while_another_has_two(self):
        team = [{"id": "a", "territory": "east"}, {"id": "b", "territory": "west"}, {"id": "c", "territory": "west"}]
        scenario = market(HAND, {"team": {"list": team}, "outlets": {"list": [*SHOPS[:2], *SHOPS[4:]]}})
        assert [a.id for a in one_fewer(scenario).team.list] == ["a", "b"]
        assert len(one_fewer(market(HAND)).team.list) == 1


@pytest.fixture(scope="module")
def ran_alone() -> dict[str, Line]:
    """The card of a run of a market whose rivals have no distributors, and in which we are called newcomers."""
    mine = {"id": "d", "territories": ["T01", "T02"]}
    only = {"distributors": {"generate": None, "list": [mine]}, "ours": {"listing_bonus": -1.0}}
    seen: list[tuple[int, int]] = []
    lines = ran_lines(market(only), replications=2, progress=lambda done, all_days: seen.append((done, all_days)))
    assert seen[-1] == (180, 180)  # three arms of two replications of thirty days
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    return {line.name: line for line in lines}


class TestAfterARun:
    def test_a_market_of_our_own_is_a_warning(self, ran_alone):
        assert ran_alone["share of the market: ours"].value == "100 %"
        assert "its distributors" in warning(ran_alone, "share of the market: ours")

    def test_a_newcomer_that_is_in_the_shops_already_is_a_warning(self, ran_alone):
        assert "calendar.burn_in_days" in warning(ran_alone, "weighted distribution on day 0, of a newcomer")

    def test_money_is_annual_and_hangs_together(self, ran_alone):
        def number(name: str) -> float:
            return float(ran_alone[name].value.split()[0].replace(",", ""))

        # one advisor, thirty outlets
        assert number("revenue a field person and year") / 30 == pytest.approx(
            number("our revenue an outlet and year"), rel=0.05
        )
        spent = 12 * 3000 / number("revenue a field person and year")
        assert number("advertising of revenue") == pytest.approx(100 * spent, rel=0.05)

    def test_every_band_has_a_line(self, ran_alone):
        names = {name.split(":")[0] for name in ran_alone}
        assert {band.name for band in ran.RAN} - names == {"weighted distribution on day 0"}


def test_without_advisors_the_market_is_run_once(monkeypatch):
    asked: list[Scenario] = []
    once = ran.run

    def counted(scenario: Scenario, **options: Any) -> Any:
        asked.append(scenario)
        return once(scenario, **options)

    monkeypatch.setattr(ran, "run", counted)
    days = {"calendar": {"burn_in_days": 2, "duration_days": 14}}
    lines = {line.name: line for line in ran_lines(market(days, {"mechanisms": {"advisors": False}}), replications=1)}
    assert len(asked) == 1
    assert lines["idle share of the working day"].verdict == "not known"
    assert lines["profit of one advisor more, against his cost"].verdict == "not known"


def test_a_run_is_never_longer_than_a_year(monkeypatch):
    asked: list[int] = []

    def counted(scenario: Scenario, **_: Any) -> Any:
        asked.append(scenario.calendar.duration_days)
        raise RuntimeError

    monkeypatch.setattr(ran, "run", counted)
    with pytest.raises(RuntimeError):
        ran_lines(market({"calendar": {"duration_days": 900}}))
    assert asked == [365]


def test_years_count_in_what_is_annual():
    half = market({"calendar": {"duration_days": 73}})
    assert Ran(base=type("R", (), {"scenario": half})()).years == pytest.approx(0.2)  # type: ignore[arg-type]


def test_the_command_prints_the_card_and_exits_with_0(tmp_path, capsys):
    file = tmp_path / "s.yaml"
    file.write_text(
        "calendar: {burn_in_days: 2, duration_days: 14}\noutlets: {generate: {n: 30}}\n"
        "team: {generate: {n: 1}, wage_cents_per_month: 6000}\n"
    )
    assert cli.exit_code(["check", str(file), "--run"]) == cli.GOOD
    out = capsys.readouterr().out
    assert re.search(r"60 CNY +3,000–15,000 +too low: look at team.wage_cents_per_month, which is in cents", out)
    assert "outside: a warning each, nothing is refused" in out
    assert f"after a run of {REPLICATIONS} replications" in out
    assert "idle share of the working day" in out


def test_a_strategy_that_does_nothing_is_said_to_after_a_short_run(tmp_path, capsys):
    file = tmp_path / "s.yaml"
    file.write_text(
        "calendar: {burn_in_days: 2, duration_days: 14}\noutlets: {generate: {n: 30}}\nteam: {generate: {n: 1}}\n"
        "strategies: {idle: [{people: {}}], busy: [{people: {visit_every_days_a: 3}}]}\n"
    )
    scenario = load(str(file), ())
    print_doubts(scenario, 1, Count("runs"))
    out = capsys.readouterr().out
    assert "after 14 days of each strategy" in out
    assert "idle does nothing that baseline does not do" in out
    assert "busy does nothing" not in out
    print_doubts(scenario.model_copy(update={"strategies": {}}), 1, Count("runs"))
    assert capsys.readouterr().out == "", "without strategies there is nothing to say"


def test_the_command_says_at_once_that_a_market_is_too_large(tmp_path, capsys):
    file = tmp_path / "s.yaml"
    file.write_text("outlets: {generate: {n: 5000000}}\n")
    assert cli.exit_code(["check", str(file)]) == cli.GOOD
    out = capsys.readouterr().out
    assert "too high: look at outlets, calendar" in out
    assert "more than 200,000 outlets" in out
