"""By how much each lever is pulled on the page of levers, what is pulled beside it, and why some move nothing there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Dose:
    """One pull.

    Attributes
    ----------
    lever : its name.
    rule : "set" to a value, "times" or "plus" the baseline's.
    value : the number.
    first : only at so many of the first rows of its first axis; everywhere for 0.
    """

    lever: str
    rule: str
    value: float
    first: int = 0

    @property
    def text(self) -> str:
        """The dose in words."""
        sign = {"set": "", "times": "× ", "plus": "+"}[self.rule]
        place = f" at {self.first}" if self.first else ""
        return f"{sign}{self.value:g}{place}"


_USUAL: Final = {
    "TRADE PROMOTION": "trade_promotion_every_days set 56; trade_promotion_length_days set 14; "
    "trade_promotion_discount set 0.1",
    "PROMOTION": "promotion_every_days set 56; promotion_length_days set 14; promotion_cut set 0.1",
}
"""Pulls that are named in the table by one word."""

_TABLE: Final = """
open                      set 0 at 1
visit_every_days          times 0.5
outlet_interval           times 0.5
visit_plan                set 1
improve_route             set 0
suggested_orders          set 0
advisors                  plus 1 at 1
transfer                  set 2            | advisors plus 1 at 1
handover                  set 1
hire_farmer               set 1            | advisors plus 1
hire_pay                  times 1.3        | advisors plus 1
hire_applicants           times 4          | advisors plus 1
survey_minutes            set 60
coaching_minutes          set 60
courses_per_year          plus 4
incentive_farmer          set 1
sharing_per_week          plus 0.3
playbook                  set 1            | advisors plus 1
displace                  set 1
commission_cents          set 20
bonus_cents               set 150000
supervisors               set 0.5
promoters                 plus 1
advertising_cents         times 2
display_cents             times 2
price_cut                 set 0.05
promotion_every_days      set 56           | promotion_length_days set 14; promotion_cut set 0.1
promotion_length_days     set 28           | promotion_every_days set 84; promotion_cut set 0.1
promotion_cut             set 0.2          | promotion_every_days set 84; promotion_length_days set 14
promotion_on              set 0            | PROMOTION
listing_fee_most_cents    set 0
trade_promotion_every_days  set 56         | trade_promotion_length_days set 14; trade_promotion_discount set 0.1
trade_promotion_length_days  set 28        | trade_promotion_every_days set 84; trade_promotion_discount set 0.1
trade_promotion_discount  set 0.1          | trade_promotion_every_days set 84; trade_promotion_length_days set 14
trade_promotion_on        set 0            | TRADE PROMOTION
census_outlets            plus 30
exclusive_outlets         set 5
exclusive_degree          set 2            | exclusive_outlets set 5; exclusive_most_cents set 100000
exclusive_most_cents      set 100000       | exclusive_outlets set 5
inspectors                set 1            | discount set 0.15 at 1
penalty_cents             set 0            | discount set 0.15 at 1
focus                     set 10 at 1
launch_day                plus 90 at 1
factory_stock_days        times 2
capacity                  times 0.7
shop_policy               set 2
shop_safety_factor        plus 1
shop_cover_days           plus 7
shop_terms_days           plus 30
rebate_rate               set 0.05
target_growth             times 1.5        | rebate_rate set 0.05
terms_days                plus 30
discount                  set 0.05
overstock_days            times 0.5
markdown_rate             set 0.2
return_share              set 1            | factory_stock_days times 1
price_protection          set 1            | discount set 0.05
policy                    set 1
review_days               times 2
cover_days                plus 7
safety_factor             plus 1
memory_days               times 0.5
information_system        set 1
coaching_cents            set 100000
network_cents             set 100000
offer_cents               set 100000
poach_cents               set 500000
core                      set 1
dismiss                   set 1 at 1
"""
"""One line a lever: the dose, and after a bar what is pulled in both runs, without which it has nothing to act on."""


def _dose(text: str) -> Dose:
    found = re.fullmatch(r"(\w+) +(set|times|plus) (\S+)(?: at (\d+))?", text.strip())
    assert found is not None, text
    lever, rule, value, first = found.groups()
    return Dose(lever, rule, float(value), int(first or 0))


def _read(table: str) -> list[tuple[Dose, tuple[Dose, ...]]]:
    lines = [line.partition("|") for line in table.strip().splitlines()]
    besides = [_USUAL.get(beside.strip(), beside).split(";") for _, _, beside in lines]
    parts = [tuple(_dose(part) for part in beside if part.strip()) for beside in besides]
    return [(_dose(own), beside) for (own, _, _), beside in zip(lines, parts, strict=True)]


DOSES: Final = _read(_TABLE)

SILENT: Final[dict[str, str]] = {
    "trade_promotion_every_days": "promotions to shops are off in the district",
    "trade_promotion_length_days": "promotions to shops are off in the district",
    "trade_promotion_discount": "promotions to shops are off in the district",
    "trade_promotion_on": "promotions to shops are off in the district",
    "exclusive_degree": "agreements in degrees are off in the district",
    "exclusive_most_cents": "agreements in degrees are off in the district",
    "price_protection": "no price of ours to distributors falls there",
    "launch_day": "nothing is launched in the district: its products are there from the start",
    "diffusion": "nothing is launched in the district",
    "entry": "no newcomer is named in the district",
    "promotions": "no company of the district has regular promotions",
    "exclusive_degrees": "nobody offers agreements in the baseline of the district",
    "trade_promotions": "no company of the district has promotions to shops",
    "capacity_plans": "no plan moves a capacity in the baseline of the district",
}
"""Name of a lever or switch → why it moves nothing in the district."""
