"""What the section `study` of an experiment file may say: one question, with how it is to be answered."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.schema.common import Spec, quantity

Pair = tuple[str, str]


class SensitivitySpec(Spec):
    """Which dimensions matter to the outcomes, and which decide the choice between two strategies."""

    method: Literal["morris", "sobol"] = quantity(
        "morris", "morris: effects along paths, few runs; sobol: shares of variance, many runs.", unit="-"
    )
    trajectories: int = quantity(
        10, "Paths of morris; each has a point more than there are dimensions.", unit="paths", ge=2, le=10_000
    )
    samples: int = quantity(
        64, "Base points of sobol, a power of 2; times dimensions and two.", unit="points", ge=2, le=1 << 20
    )
    between: Pair | None = quantity(
        None, "Two strategies: which dimensions decide the choice between them (first KPI).", unit="-", source="user"
    )

    @model_validator(mode="after")
    def _power(self) -> Self:
        if self.samples & (self.samples - 1):
            raise ValueError("samples must be a power of 2, such as 64 or 128")
        return self


class SelectionSpec(Spec):
    """Which strategy is best, with replications spent where they decide; the first outcome is the KPI."""

    procedure: Literal["kn", "ocba"] = quantity(
        "kn", "kn: until the best is found with the promised chance; ocba: a fixed budget, no promise.", unit="-"
    )
    indifference: float | None = quantity(
        None, "Smallest difference worth knowing; kn needs it.", unit="unit of the KPI", source="user", gt=0
    )
    chance: float = quantity(0.95, "Promised chance that the best is picked.", ge=0.5, lt=1)
    first: int = quantity(10, "Replications before a strategy can be dropped.", unit="runs", ge=3, le=10_000)
    batch: int = quantity(2, "Replications between two looks.", unit="runs", ge=1, le=1000)
    max_replications: int = quantity(
        100, "Replications of a strategy at most; where they end kn, its promise is lost.", unit="runs",
        ge=3, le=100_000,
    )  # fmt: skip
    budget: int | None = quantity(None, "Runs of all strategies; ocba needs it.", unit="runs", source="user", ge=6)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.procedure == "kn" and self.indifference is None:
            raise ValueError("kn needs indifference: the smallest difference worth knowing")
        if self.procedure == "ocba" and self.budget is None:
            raise ValueError("ocba needs budget: the runs to spend")
        if self.max_replications < self.first:
            raise ValueError("max_replications must not be below first")
        return self


class DiscoverySpec(Spec):
    """In which worlds one strategy beats another: a box (PRIM) and rules (a tree) over the points of the design."""

    between: Pair = quantity(..., "Where does the first strategy beat the second?", unit="-", source="user")
    by: float = quantity(0.0, "It beats it when it is better by more than this (first KPI).", unit="unit of the KPI")
    density: float = quantity(0.8, "Least share of the box's points in which the first strategy wins.", ge=0, le=1)
    min_mass: float = quantity(0.05, "Smallest box, as a share of all points.", gt=0, le=1)
    held_out: float = quantity(0.3, "Share of the points that only check the box.", ge=0, le=0.7)


class BoundarySpec(Spec):
    """Where on two axes one strategy stops beating the other; the axes are the experiment's two dimensions."""

    between: Pair = quantity(..., "The two strategies.", unit="-", source="user")
    tolerance: float = quantity(0.02, "Share of the plane that may be called wrongly.", gt=0, le=0.5)
    budget: int = quantity(60, "Points at most.", unit="points", ge=16, le=10_000)
    batch: int = quantity(4, "Points that are run together.", unit="points", ge=1, le=1000)


class OptimiseSpec(Spec):
    """Which lever values are best on several KPIs; the best are run again on luck that the search has not seen."""

    strategy: str = quantity(..., "The strategy whose levers are searched.", unit="-", source="user")
    method: Literal["nsga2", "tpe"] = quantity("tpe", "nsga2 for many points, tpe for few.", unit="-")
    budget: int = quantity(60, "Points of the search.", unit="points", ge=2, le=1_000_000)
    batch: int = quantity(10, "Points that are run together; nsga2's population.", unit="points", ge=2, le=10_000)
    finalists: int = quantity(8, "Points that are run again.", unit="points", ge=1, le=1000)
    fresh_replications: int = quantity(8, "Runs of each of them, on fresh luck.", unit="runs", ge=2, le=100_000)


class RobustnessSpec(Spec):
    """Which strategy does well in many worlds: regret, the worst worlds, and how often it is good enough."""

    good_enough: dict[str, float] = quantity(
        text="KPI → the least that is good enough (the most, where lower is better).", unit="unit of the KPI",
        source="user", factory=dict, max_length=12,
    )  # fmt: skip


class SizingSpec(Spec):
    """How many people, how often to call: profit along each lever, and a map of balanced territories.

    Every lever of the experiment is moved by itself, the others staying at `today`.
    """

    strategy: str = quantity(..., "The strategy whose levers are the sizes.", unit="-", source="user")
    today: dict[str, float] = quantity(
        text="Lever → its value today, one of its listed values; of `people`, the scenario's when absent.",
        unit="as the field", source="user", factory=dict, max_length=50,
    )  # fmt: skip
    advisors: str | None = quantity(None, "The lever that adds advisors.", unit="-", source="user")
    promoters: str | None = quantity(None, "The lever that adds promoters.", unit="-", source="user")
    curve: Literal["adbudg", "quadratic", "isotonic"] = quantity("adbudg", "Form of the response curve.", unit="-")
    territories: int | None = quantity(
        None, "Advisors among whom the map divides the known outlets; the best number when absent.", unit="persons",
        source="user", ge=1, le=1000,
    )  # fmt: skip


class StudySpec(Spec):
    """One of these questions."""

    sensitivity: SensitivitySpec | None = quantity(None, "Which dimensions matter?", unit="-", source="user")
    selection: SelectionSpec | None = quantity(None, "Which strategy is best?", unit="-", source="user")
    discovery: DiscoverySpec | None = quantity(None, "In which worlds does A beat B?", unit="-", source="user")
    boundary: BoundarySpec | None = quantity(None, "Where on two axes does it turn?", unit="-", source="user")
    optimise: OptimiseSpec | None = quantity(None, "Which lever values are best?", unit="-", source="user")
    robustness: RobustnessSpec | None = quantity(None, "Which strategy is safe?", unit="-", source="user")
    sizing: SizingSpec | None = quantity(None, "How many people, how often?", unit="-", source="user")

    @model_validator(mode="after")
    def _one(self) -> Self:
        given, allowed = sorted(self.model_fields_set), ", ".join(type(self).model_fields)
        if not given:
            raise ValueError(f"give one question: {allowed}")
        if len(given) > 1:
            raise ValueError(f"give one of {allowed}, not {' and '.join(given)}")
        if getattr(self, given[0]) is None:
            raise ValueError(f"{given[0]} is empty; state its fields, or {{}} for their defaults")
        return self

    @property
    def kind(self) -> str:
        """Name of the question."""
        return next(iter(self.model_fields_set))

    @property
    def asked(self) -> Spec:
        """The question."""
        found: Spec = getattr(self, self.kind)
        return found


BY_DESIGN = frozenset({"discovery", "robustness"})
"""Studies of the points that the experiment's design draws; the others choose their points themselves."""
