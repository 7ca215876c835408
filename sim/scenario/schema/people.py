"""What the minutes of a working day go into, what talent there is among people, and what targets and pay move."""

from __future__ import annotations

from sim.scenario.schema.common import Spec, quantity


class TaskSpec(Spec):
    """Minutes of tasks, with `mechanisms.task_minutes`: parts of an outlet's `visit_minutes`, work besides calls."""

    stock_share: float = quantity(0.15, "Part of a full call that goes into checking the stock.", "[0, 1]")
    order_share: float = quantity(0.20, "Part that goes into suggesting an order.", "[0, 1]")
    shelf_share: float = quantity(0.25, "Part that goes into tidying the shelf.", "[0, 1]")
    listing_share: float = quantity(
        0.25, "Part that goes into negotiating a listing, where a product of ours is missing.", "[0, 1]"
    )
    data_share: float = quantity(0.05, "Part that goes into collecting data.", "[0, 1]")
    coach_share: float = quantity(0.10, "Part that goes into coaching the shop.", "[0, 1]")
    usual_skill: float = quantity(0.35, "Skill at which tasks take these times.", "[0, 1]")
    skill_pace: float = quantity(
        0.8, "Fall of ln(minutes) of a task per unit of the skill that it needs, above the usual one.", "[0, 5]"
    )
    early_share: float = quantity(
        0.5, "Share of the interval between visits after which an outlet is called on in spare time.", "(0, 10]"
    )
    survey_minutes: float = quantity(
        15.0, "Set aside each day to look for unknown outlets near the tour, where any may be.", "[0, 960] minutes/day"
    )
    search_minutes: float = quantity(6.0, "Looking round the neighbourhood of a stop.", "(0, 480] minutes/stop")
    found_minutes: float = quantity(8.0, "Surveying an outlet that was found.", "(0, 480] minutes/outlet")
    search_radius_km: float = quantity(0.5, "How far from the stop unknown outlets are found.", "[0, 50] km")
    search_again_days: int = quantity(180, "Days after which a neighbourhood is searched anew.", "[1, 3660] days")
    coaching_minutes: float = quantity(
        10.0, "Set aside each day to coach the least skilled colleague of the territory.", "[0, 960] minutes/day"
    )
    coaching_gain_per_hour: float = quantity(
        0.01, "Share of the gap between two skills closed by an hour with a colleague who coaches perfectly.", "[0, 1]"
    )


class TalentSpec(Spec):
    """How people differ for good, and what hiring can do about it, with `mechanisms.task_minutes`."""

    spread: float = quantity(
        0.4,
        "Standard deviation of people's work in the same time, as a share of the mean.",
        "[0, 2]",
        source="output of salespeople differs by 40 % and more (Hunter, Schmidt & Judiesch 1990)",
    )
    validity: float = quantity(
        0.5,
        "Correlation between what selection sees of an applicant and talent.",
        "[0, 1]",
        source="Schmidt & Hunter 1998",
    )
    pay_elasticity: float = quantity(2.0, "Applicants for a post rise with this power of the pay offered.", "[0, 5]")
    hire_pay: float = quantity(1.0, "Pay of the newly hired against `team.wage_cents_per_month`.", "[0.5, 5]")
    applicants: float = quantity(1.0, "Applicants looked at for a post, at the usual pay.", "[1, 100] persons")
    applicant_cents: int = quantity(60_000, "Cost of looking at each of them after the first.", "[0, 1e9] cents/person")


class IncentiveSpec(Spec):
    """Pay by what is sold, with `mechanisms.targets_act`."""

    commission_cents: float = quantity(
        0.0, "Commission for every unit in the orders that an advisor writes.", "[0, 1e6] cents/unit"
    )
    bonus_cents: int = quantity(0, "Bonus for a month in which an advisor reaches the target.", "[0, 1e9] cents/month")
    effort_gain: float = quantity(
        0.22,
        "More work in the same time when pay rises with work one for one.",
        "[0, 5]",
        source="piece rates in place of wages made the same people do 22 % more (Lazear 2000)",
    )
    effort_most: float = quantity(1.5, "Most work in the same time, against that for a fixed wage.", "[1, 5]")
    outlook_error: float = quantity(
        0.2, "Standard deviation of what people expect a month to bring, as a share of the target.", "[0, 5]"
    )


class SupervisionSpec(Spec):
    """Supervisors, with `mechanisms.targets_act`."""

    supervisors: float = quantity(0.0, "Supervisors, shared among territories by population.", "[0, 10_000] persons")
    span: float = quantity(8.0, "Advisors whom one supervisor can lead.", "(0, 1000] persons")
    supervisor_cents_per_month: int = quantity(1_000_000, "Pay of a supervisor.", "[0, 1e9] cents/month")
    unled_adherence: float = quantity(
        0.8, "Chance of a day on which an advisor whom nobody leads keeps to the plan.", "[0, 1]"
    )
    skill_gain_per_month: float = quantity(
        0.01, "Share of the way to 1 that being led for a month adds to each skill.", "[0, 1]"
    )
