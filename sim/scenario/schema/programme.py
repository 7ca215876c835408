"""A company's way of working: how new it is, how alike territories are, and how it is learned, told and lost."""

from __future__ import annotations

from sim.scenario.schema.common import Spec, quantity

FORGETTING = "assumption; pizza shops with many leavers lost half in a month (Darr, Argote & Epple 1995)"
COPYING = "assumption; that a written template carries more is shown by Winter & Szulanski 2001"


class ProgrammeSpec(Spec):
    """The programme of a company: a number of choices whose best values it does not know (`mechanisms.programme`)."""

    novelty: float = quantity(
        0.0, "How new it is: standard deviation of the best value of a choice around today's practice.", "[0, 5]"
    )
    unlikeness: float = quantity(
        0.5, "Standard deviation of the best values among territories, as a multiple of the novelty.", "[0, 100]"
    )
    choices: int = quantity(4, "Number of choices.", "[1, 20]")
    sharpness: float = quantity(1.0, "κ: what is achieved is exp(−κ · distance² from the best values).", "[0, 100]")
    look_error: float = quantity(
        0.5, "Standard deviation of what a month of full work shows of a territory's best value.", "(0, 100]"
    )
    full_calls: float = quantity(
        300.0, "Calls of a month from which work is full; fewer of them show less.", "(0, 1e6] calls/month"
    )
    fidelity: float = quantity(
        0.5, "Share of what is learned elsewhere that reaches a territory without a playbook.", "[0, 1]", source=COPYING
    )
    half_life_days: float = quantity(
        365.0, "Days in which what is known fades to a half.", "[1, 1e6] days", source=FORGETTING
    )


class OurProgrammeSpec(ProgrammeSpec):
    """Our programme, which is new; only our people leave by name, so that only we lose knowledge with them."""

    novelty: float = quantity(
        0.35, "How new it is: standard deviation of the best value of a choice around today's practice.", "[0, 5]"
    )
    leaver_share: float = quantity(
        0.5, "Share of what is known that goes with a team when all of it leaves.", "[0, 1]", source=FORGETTING
    )
