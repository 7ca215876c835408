"""Head offices that learn their programme: every month's work shows a little of what would be best, and some fades."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, next_every
from sim.scenario.schema.programme import OurProgrammeSpec, ProgrammeSpec
from sim.streams import DecisionPoint
from sim.world.programme import fade, learn, lose_in_telling
from sim.world.setup.companies import companies_of
from sim.world.setup.programme import part_draws, prior_variance, programme_of, write_efficiency
from sim.world.world import World

Array = NDArray[Any]
MONTH = 30

REVIEW = Moment(Phase.PLAN, Rank.CALENDAR, 900_000, "head offices", "learn from the month's work how to work better")


def playbook_share(world: World) -> float:
    """Return the share of what a template knows that our written playbook carries to whoever is new."""
    return float(world.lever_playbook[0]) * world.scenario.team.learning.playbook_fidelity


class Programmes:
    """The programme of every company."""

    writes = frozenset({"programme", "market_day"})

    def __init__(self, context: Context) -> None:
        self._c = context
        specs = [company.programme for company in companies_of(context.scenario)]
        self._learners = [(c, spec) for c, spec in enumerate(specs) if spec.novelty > 0.0]

    def process(self, env: Clock) -> Life:
        """Review the programmes once a month from the first measured day on: a programme is as new as stated then."""
        if not self._c.scenario.mechanisms.programme:
            return
        while True:
            yield from env.sleep(REVIEW, self._next_review)
            self.review(env.today)

    def _next_review(self, first: int) -> int:
        begin = self._c.calendar.burn_in_days
        return next_every(max(first, begin), MONTH, begin)

    def review(self, day: Day) -> None:
        """Let every company learn from the work since the last review."""
        world = self._c.world
        if day.index > self._c.calendar.burn_in_days:
            for c, spec in self._learners:
                self._learn(day, c, spec)
                write_efficiency(world, c, spec)
            world.weight_is_stale[world.display_on.any(axis=1)] = True
        world.calls_made[:] = 0
        world.people_left[:] = 0

    def _learn(self, day: Day, c: int, spec: ProgrammeSpec) -> None:
        """One month: knowledge fades, the territories worked in are looked at, and the others are told in part."""
        world, programme = self._c.world, programme_of(self._c.world, c, spec)
        work = np.minimum(world.calls_made[c] / spec.full_calls, 1.0)
        world.programme_begun[c] |= work > 0.0
        self._fade(day, c, spec)
        before = programme.covariance[0, 0]
        errors = self._draws(DecisionPoint.PROGRAMME_LOOK, day.index, c, spec)[1:]
        for t in np.flatnonzero(work > 0.0):
            learn(programme, int(t), spec.look_error**2 / float(work[t]), errors[t])
        from_elsewhere = 1.0 - work / max(float(work.sum()), 1e-9)
        self._tell(day, c, spec, (before - programme.covariance[0, 0]) * from_elsewhere)

    def _fade(self, day: Day, c: int, spec: ProgrammeSpec) -> None:
        """Knowledge fades by its half-life and with those who left: the common part with those of all territories."""
        world = self._c.world
        begun = np.concatenate([[True], world.programme_begun[c]])
        keep = np.where(begun, 0.5 ** (MONTH / spec.half_life_days) * (1.0 - self._lost_with_people(spec)), 1.0)
        draws = self._draws(DecisionPoint.PROGRAMME_FADING, day.index, c, spec)
        fade(programme_of(world, c, spec), keep, prior_variance(world, spec), draws)

    def _lost_with_people(self, spec: ProgrammeSpec) -> Array:
        """Share of each part of what we know that left with our people since the last review; rivals' people stay."""
        world = self._c.world
        if not isinstance(spec, OurProgrammeSpec):
            return np.zeros(world.sizes["part"])
        posts = np.bincount(world.advisor_territory[world.is_post], minlength=world.sizes["territory"])
        left = np.concatenate([[world.people_left.sum()], world.people_left])
        share: Array = left / np.maximum(np.maximum(left, np.concatenate([[posts.sum()], posts])), 1)
        return spec.leaver_share * share

    def _tell(self, day: Day, c: int, spec: ProgrammeSpec, news: Array) -> None:
        """Lose on the way what the head office can't tell: of the month's news, or of all where nobody has worked yet.

        Parameters
        ----------
        news : shape (n_territories,). Variance of the common part that the other territories' work has taken away.
        """
        world, programme = self._c.world, programme_of(self._c.world, c, spec)
        begun, prior = world.programme_begun[c], prior_variance(world, spec)
        fidelity = spec.fidelity + (1.0 - spec.fidelity) * (playbook_share(world) if c == 0 else 0.0)
        lose_in_telling(
            programme,
            np.where(begun, (1.0 - fidelity) * np.maximum(news, 0.0), 0.0),
            self._draws(DecisionPoint.PROGRAMME_TELLING, day.index, c, spec)[1:],
        )
        new = np.flatnonzero(~begun)
        programme.covariance[1 + new, 1 + new] = prior[1 + new]
        first = self._draws(DecisionPoint.PROGRAMME_BEST, 0, c, spec)[1:]
        programme.best[1 + new] = np.sqrt(prior[1 + new])[:, None] * first[new]
        lost = np.where(begun, 0.0, (1.0 - fidelity) * max(prior[0] - float(programme.covariance[0, 0]), 0.0))
        lose_in_telling(programme, lost, self._draws(DecisionPoint.PROGRAMME_TELLING, 0, c, spec)[1:])

    def _draws(self, point: DecisionPoint, period: int, c: int, spec: ProgrammeSpec) -> Array:
        return part_draws(self._c.world, self._c.key(point, period), c, spec.choices)
