"""The rules among which a scenario chooses, named and numbered once.

Members are called as in the scenario file; a member's value is its number in levers and kernels.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal


class ShopPolicy(IntEnum):
    """How a shop reorders."""

    order_up_to = 0
    s_S = 1
    r_Q = 2


class ReplenishmentPolicy(IntEnum):
    """How a distributor sets its orders to the factory."""

    base_stock = 0
    s_S = 1
    r_Q = 2
    moving_average = 3
    exponential_smoothing = 4
    vendor_managed = 5


VisitPlan = IntEnum("VisitPlan", ("class", "need", "coverage", "habit"), start=0)
"""How an advisor ranks the visits that are due; made by a call, since `class` is a word of Python's own."""


class Transfer(IntEnum):
    """What happens when posts are cut in one territory and added in another: hire anew, or move persons, whom first."""

    hire = 0
    least_experienced = 1
    most_skilled = 2


class GoodwillLaw(IntEnum):
    """How a brand's goodwill moves."""

    nerlove_arrow = 0
    vidale_wolfe = 1
    lanchester = 2


class AdvertisingResponse(IntEnum):
    """How goodwill answers to advertising pressure."""

    square_root = 0
    adbudg = 1


class ExclusiveDegree(IntEnum):
    """What an exclusive agreement keeps from the other companies: the best of the shelf, most of the list, the shop."""

    cooler = 0
    shelf = 1
    shop = 2


def numbered(kind: type[IntEnum]) -> str:
    """Return a list for a reader: "0 class, 1 need, 2 coverage, 3 habit"."""
    return ", ".join(f"{member.value} {name}" for name, member in kind.__members__.items())


# The types of fields that hold a rule by its name. Type checkers can't read names out of an enum.
if TYPE_CHECKING:
    ShopPolicyName = str
    ReplenishmentPolicyName = str
    VisitPlanName = str
    TransferName = str
    GoodwillLawName = str
    AdvertisingResponseName = str
    ExclusiveDegreeName = str
else:
    ShopPolicyName = Literal[tuple(ShopPolicy.__members__)]
    ReplenishmentPolicyName = Literal[tuple(ReplenishmentPolicy.__members__)]
    VisitPlanName = Literal[tuple(VisitPlan.__members__)]
    TransferName = Literal[tuple(Transfer.__members__)]
    GoodwillLawName = Literal[tuple(GoodwillLaw.__members__)]
    AdvertisingResponseName = Literal[tuple(AdvertisingResponse.__members__)]
    ExclusiveDegreeName = Literal[tuple(ExclusiveDegree.__members__)]
