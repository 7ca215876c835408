"""Our field organisation: leaving, hiring, training, sharing of know-how, patches, orientation."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.advisor import TOURS
from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.programme import playbook_share
from sim.calendar import Phase, Rank, earliest, next_every
from sim.errors import InputError, Problem
from sim.kernels.field import nearest_in_charge
from sim.ledger.recorder import Event
from sim.sampling import normal_quantile
from sim.streams import DecisionPoint, uniform
from sim.world.accounts import Account, Sector
from sim.world.talent import applicants, best_of, talent_of

Array = NDArray[Any]
WEEK = 7
MONTH = 30
MOST_SKILLED_FIRST = 2
SKILLS = ("selling", "service", "coaching")

STAFF = Moment(Phase.PLAN, Rank.MANAGEMENT, 0, "our personnel office", "fills posts and hands out outlets")
LEAVE = Moment(Phase.DECIDE, Rank.MANAGEMENT, 0, "our personnel office", "lets go who gives notice")
SHARE = Moment(Phase.DECIDE, Rank.MANAGEMENT, 1, "our advisors", "learn from the best of their team")
TRAIN = Moment(Phase.DECIDE, Rank.MANAGEMENT, 2, "our personnel office", "sends advisors to courses")


class Personnel:
    """Human resources of our field force."""

    writes = frozenset({"field", "retailer", "journal", "programme"})

    def __init__(self, context: Context) -> None:
        self._c = context

    def process(self, env: Clock) -> Life:
        """Live as the personnel office: posts and patches on the morning of a change, and its monthly rounds.

        A lever that moves, and an advisor who leaves, rouse it.
        """
        on = self._c.scenario.mechanisms
        if not on.advisors:
            return
        env.routine(self, LEAVE, lambda: self._let_go(env.today), self._next_leaving)
        if on.learning:
            env.routine(self, SHARE, self._share, partial(next_every, days=WEEK, offset=5))
        env.routine(self, TRAIN, lambda: self._train(env.today), partial(next_every, days=MONTH, offset=20))
        while True:
            yield from env.sleep(STAFF, self._next_change)
            self._staff(env.today)
            self._c.rouse(TOURS)

    def _next_change(self, first: int) -> int | None:
        """The next morning on which somebody begins or may be hired; at once while posts differ from the lever."""
        world = self._c.world
        posts = np.bincount(world.advisor_territory[world.is_post], minlength=world.sizes["territory"])
        if first == 0 or (self._wanted() != posts).any():
            return first
        vacant = world.is_post & ~world.is_employed
        begins = np.maximum(world.available_day[vacant], first)
        return earliest(first, next_every(first, WEEK), begins, world.available_day[world.is_employed])

    def _wanted(self) -> Array:
        """Posts by the lever, shape (n_territories,); there are none on closed ground."""
        wanted: Array = self._c.world.lever_advisors * self._c.world.ground_open[0]
        return wanted

    def _next_leaving(self, first: int) -> int | None:
        """The monthly day on which advisors may give notice, or a stated departure."""
        stated = [self._c.calendar.index_of(departure.when) for departure in self._c.scenario.team.departures]
        monthly = [next_every(first, MONTH, 11)] if self._c.scenario.mechanisms.advisor_turnover else []
        return earliest(first, stated + monthly)

    def _let_go(self, day: Day) -> None:
        if self._c.scenario.mechanisms.advisor_turnover and day.every(MONTH, 11):
            self._leave(day)
        for departure in self._c.scenario.team.departures:
            if departure.when == day.when:
                self._lose_best(day, departure.advisors)

    # --- posts and patches ---
    def _staff(self, day: Day) -> None:
        """Create and close posts by the lever, fill vacancies that have waited long enough, hand out outlets."""
        world = self._c.world
        self._refuse_too_many()
        posts = np.bincount(world.advisor_territory[world.is_post], minlength=world.sizes["territory"])
        more = self._wanted() - posts
        changed = np.full(more.shape, day.index == 0) | (more != 0)
        if world.lever_transfer[0]:
            self._transfer(day, more)
        for place in np.flatnonzero(more):
            self._resize(day, int(place), int(more[place]))
        for a in np.flatnonzero(world.is_post & ~world.is_employed & (world.available_day <= day.index)):
            self._hire(day, int(a))
        changed[world.advisor_territory[self._arrivals(day)]] = True
        for t in np.flatnonzero(changed):
            self.divide(int(t), day)
        if day.every(WEEK):
            self._take_over_found_outlets(day)

    def _arrivals(self, day: Day) -> Array:
        """Posts whose holder begins today without a patch: the post is new, or its holder comes from elsewhere."""
        world = self._c.world
        begins = world.is_employed & (world.available_day == day.index) & ~self._has_patch()
        return np.flatnonzero(begins)

    def _in_charge(self, day: Day) -> Array:
        """Which posts outlets are divided among: with somebody at work, or with a leaver's patch that waits.

        A post that nobody has held yet gets no outlets, and neither does one whose holder is still on the way.
        """
        world = self._c.world
        at_work = world.is_employed & (world.available_day <= day.index)
        left = ~world.is_employed & self._has_patch()
        in_charge: Array = world.is_post & (at_work | left)
        return in_charge

    def _has_patch(self) -> Array:
        """Which posts are in charge of any outlet, shape (n_advisors,)."""
        owner = self._c.world.outlet_advisor
        has_patch = np.zeros(self._c.world.sizes["advisor"], dtype=np.bool_)
        has_patch[owner[owner >= 0]] = True
        return has_patch

    def _refuse_too_many(self) -> None:
        """Refuse more posts than the market was built for, instead of hiring fewer in silence."""
        room, wanted = self._c.world.sizes["advisor"], int(self._wanted().sum())
        if wanted > room:
            allowed = f"the market has room for {room} posts; more of them by team.spare_posts"
            name = f"strategy '{self._c.plan.name}'"
            raise InputError([Problem(name, 0, "advisors", str(wanted), allowed)])

    def _resize(self, day: Day, t: int, more: int) -> None:
        world = self._c.world
        if more < 0:
            last = np.flatnonzero(world.is_post & (world.advisor_territory == t))[more:]
            for a in last:
                self._break_ties(int(a))
            world.is_post[last] = False
            world.is_employed[last] = False
            return
        spare = np.flatnonzero(~world.is_post)[:more]
        world.is_post[spare] = True
        self._place(spare, t)
        world.available_day[spare] = day.index + self._c.scenario.team.turnover.hiring_delay_days

    def _transfer(self, day: Day, more: Array) -> None:
        """Move persons from territories that lose posts to those that gain some, nearest pairs first.

        Parameters
        ----------
        more : shape (n_territories,). Posts to be added, negative to be cut; reduced by those who move. [persons]
        """
        world = self._c.world
        pairs = [(s, t) for s in np.flatnonzero(more < 0) for t in np.flatnonzero(more > 0)]
        for s, t in sorted(pairs, key=lambda pair: (world.distance_km[pair], pair)):
            for a in self._willing(int(s))[: max(0, min(-more[s], more[t]))]:
                self._move(day, int(a), int(t))
                more[s] += 1
                more[t] -= 1

    def _willing(self, t: int) -> Array:
        """Advisors of a territory in the order in which they are transferred, by the lever."""
        world = self._c.world
        here = np.flatnonzero(world.is_employed & (world.advisor_territory == t))
        if world.lever_transfer[0] == MOST_SKILLED_FIRST:
            return here[np.argsort(-sum(world.columns[skill][here] for skill in SKILLS), kind="stable")]
        return here[np.argsort(world.visits_made[here], kind="stable")]

    def _move(self, day: Day, a: int, t: int) -> None:
        """Give an advisor's post to another territory: the person goes along with the skills, the old ties break."""
        world, turnover = self._c.world, self._c.scenario.team.turnover
        home = int(world.advisor_territory[a])
        self._break_ties(a)
        self._place(a, t)
        world.available_day[a] = day.index + turnover.transfer_delay_days
        self._c.journal.company_expense(0, Account.HIRING_TRAINING, turnover.transfer_cost_cents, Sector.AGENCIES)
        self._c.recorder.event(
            Event.ADVISOR_MOVED, day=day.index, minute=Phase.PLAN, place=t, advisor=a, territory=home
        )

    def _place(self, posts: Array | int, t: int) -> None:
        """Let posts begin and end their days in the centre of a territory."""
        world = self._c.world
        world.advisor_territory[posts] = t
        world.advisor_x_km[posts] = world.territory_x_km[t]
        world.advisor_y_km[posts] = world.territory_y_km[t]

    def divide(self, t: int, day: Day) -> None:
        """Divide a territory's known outlets among those in charge: sectors around the centre, equal visiting work."""
        world = self._c.world
        posts = np.flatnonzero((world.advisor_territory == t) & self._in_charge(day))
        rows = np.flatnonzero((world.outlet_territory == t) & world.is_known & ~world.known_closed)
        world.outlet_advisor[world.outlet_territory == t] = -1
        if posts.shape[0] == 0 or rows.shape[0] == 0:
            return
        angle = np.arctan2(
            world.outlet_y_km[rows] - world.territory_y_km[t], world.outlet_x_km[rows] - world.territory_x_km[t]
        )
        rows = rows[np.lexsort((rows, angle))]
        interval = world.lever_visit_every_days[t, world.known_class[rows]] * world.lever_outlet_interval[rows]
        work = world.outlet_visit_minutes[rows] / interval
        place = np.minimum((np.cumsum(work) - work / 2.0) / work.sum() * posts.shape[0], posts.shape[0] - 1e-9)
        world.outlet_advisor[rows] = posts[place.astype(np.int64)]

    def _take_over_found_outlets(self, day: Day) -> None:
        """Outlets found since last week go to the advisor of the nearest outlet that has one."""
        world = self._c.world
        posts = np.bincount(world.advisor_territory[self._in_charge(day)], minlength=world.sizes["territory"])
        free = world.is_known & ~world.known_closed & (world.outlet_advisor < 0) & (posts > 0)[world.outlet_territory]
        for t in np.unique(world.outlet_territory[free]):
            here = np.flatnonzero(world.outlet_territory == t)
            for i in here[free[here]]:
                nearest = nearest_in_charge(i, here, world.outlet_advisor, world.outlet_x_km, world.outlet_y_km)
                if nearest < 0:
                    self.divide(int(t), day)
                else:
                    world.outlet_advisor[i] = world.outlet_advisor[nearest]

    # --- coming and going ---
    def _leave(self, day: Day) -> None:
        world, turnover = self._c.world, self._c.scenario.team.turnover
        key = self._c.key(DecisionPoint.LEAVING, day.index)
        chance = 1.0 - (1.0 - min(turnover.leaving_per_year, 0.999)) ** (MONTH / 365.0)
        for a in np.flatnonzero(world.is_employed & (world.available_day <= day.index)):
            if float(uniform(key, world.advisor_slot[a], int(world.occupant[a]))) < chance:
                self.dismiss(day, int(a))

    def _lose_best(self, day: Day, n: int) -> None:
        """Let the advisors who sell best go; the same posts in every strategy only as far as their skills agree."""
        world = self._c.world
        staff = np.flatnonzero(world.is_employed & (world.available_day <= day.index))
        for a in staff[np.argsort(-world.selling[staff], kind="stable")[:n]]:
            self.dismiss(day, int(a))

    def dismiss(self, day: Day, a: int) -> None:
        """Let the advisor of post a go today; the post is filled again after the hiring delay."""
        world = self._c.world
        world.is_employed[a] = False
        world.available_day[a] = day.index + self._c.scenario.team.turnover.hiring_delay_days
        self._break_ties(a)
        self._c.rouse(STAFF, TOURS)
        territory = int(world.advisor_territory[a])
        self._c.recorder.event(Event.ADVISOR_LEFT, day=day.index, minute=Phase.DECIDE, place=territory, advisor=a)

    def _break_ties(self, a: int) -> None:
        """The personal part of relations goes with the person; a formal handover saves some of it."""
        world, turnover = self._c.world, self._c.scenario.team.turnover
        world.people_left[world.advisor_territory[a]] += 1
        if not self._c.scenario.mechanisms.relations:
            return
        rows = np.flatnonzero(world.outlet_advisor == a)
        kept = turnover.handover_keeps if world.lever_handover[0] else 0.0
        lost = (1.0 - kept) * np.minimum(world.personal_tie[rows], world.relation[rows, 0])
        world.relation[rows, 0] -= lost
        world.personal_tie[rows] -= lost

    def _hire(self, day: Day, a: int) -> None:
        world, team = self._c.world, self._c.scenario.team
        world.available_day[a] = day.index
        world.occupant[a] += 1
        for name in ("visits_made", "written_units", "variable_cents"):
            world.columns[name][a] = 0
        turnover = team.turnover
        key = self._c.key(DecisionPoint.HIRE, int(world.occupant[a]))
        playbook = playbook_share(world)
        for m, skill in enumerate(SKILLS):
            z = float(normal_quantile(uniform(key, world.advisor_slot[a], m)))
            own = float(np.clip(turnover.hire_skill_mean + turnover.hire_skill_sd * z, 0.02, 0.98))
            template = float(world.columns[skill][world.is_employed].max(initial=own))
            world.columns[skill][a] = own + playbook * max(0.0, template - own)
        world.is_employed[a] = True
        world.farmer[a] = world.lever_hire_farmer[0]
        cents = turnover.hiring_cost_cents + self._select(a)
        self._c.journal.company_expense(0, Account.HIRING_TRAINING, cents, Sector.AGENCIES)
        self._c.recorder.event(
            Event.ADVISOR_HIRED, day=day.index, minute=Phase.PLAN, place=int(world.advisor_territory[a]), advisor=a
        )

    def _select(self, a: int) -> int:
        """Choose among the applicants whom the pay brings; returns the cost of looking at more than one [cents]."""
        world, spec = self._c.world, self._c.scenario.team.talent
        if not self._c.scenario.mechanisms.task_minutes:
            return 0
        pay = float(world.lever_hire_pay[0])
        n = applicants(float(world.lever_hire_applicants[0]), pay, spec.pay_elasticity)
        key = self._c.key(DecisionPoint.TALENT, int(world.occupant[a]))
        u, rest = (float(uniform(key, world.advisor_slot[a], k)) for k in (0, 1))
        world.talent[a] = talent_of(best_of(u, rest, n, spec.validity), spec.spread)
        world.pay_factor[a] = pay
        return int((n - 1.0) * spec.applicant_cents)

    # --- skill ---
    def _train(self, day: Day) -> None:
        """Send to a course whoever had the last one long enough ago. Orientation follows the pay."""
        world, learning = self._c.world, self._c.scenario.team.learning
        staff = np.flatnonzero(world.is_employed)
        gap = 365.0 / max(float(world.lever_courses_per_year[0]), 1e-9)
        for a in staff[day.index - world.training_until[staff] >= gap]:
            world.training_until[a] = day.index + learning.training_days
            if self._c.scenario.mechanisms.learning:
                for skill in SKILLS:
                    world.columns[skill][a] += learning.training_gain * (1.0 - world.columns[skill][a])
            self._c.journal.company_expense(0, Account.HIRING_TRAINING, learning.training_cost_cents, Sector.AGENCIES)
            self._c.recorder.event(
                Event.TRAINING,
                day=day.index,
                minute=Phase.DECIDE,
                place=int(world.advisor_territory[a]),
                advisor=int(a),
            )
        step = learning.orientation_per_month
        # Steep pay for what is sold now makes hunters.
        wage = np.maximum(self._c.scenario.team.wage_cents_per_month * world.pay_factor[staff], 1.0)
        flat = 1.0 - world.variable_cents[staff] / (world.variable_cents[staff] + wage)
        world.farmer[staff] += step * (world.lever_incentive_farmer[0] * flat - world.farmer[staff])
        self._c.rouse(TOURS)

    def _share(self) -> None:
        """Everyone learns toward the best of the own territory, and more slowly toward the best of all.

        A team whose people can teach shares faster: the rate is that of the scenario at a mean coaching skill of 0.5.
        """
        world = self._c.world
        rate = float(world.lever_sharing_per_week[0])
        between = rate * self._c.scenario.team.learning.sharing_between
        staff = np.flatnonzero(world.is_employed)
        if staff.shape[0] < 2:
            return
        teaching = 2.0 * float(world.coaching[staff].mean())
        for skill in SKILLS:
            values = world.columns[skill]
            best_of_all = values[staff].max()
            best_here = np.full(world.sizes["territory"], -np.inf)
            np.maximum.at(best_here, world.advisor_territory[staff], values[staff])
            local = best_here[world.advisor_territory[staff]] - values[staff]
            step = teaching * (rate * local + between * (best_of_all - values[staff]))
            values[staff] += np.minimum(step, best_of_all - values[staff])
