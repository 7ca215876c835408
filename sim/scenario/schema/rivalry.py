"""Companies against each other: products displaced at calls, rivals that live on what they earn, and newcomers."""

from __future__ import annotations

from sim.scenario.schema.common import Spec, quantity


class DisplacementSpec(Spec):
    """What a call can do to a chosen rival's product on the shelf (logistic in the terms below), and to empty shelves."""

    intercept: float = quantity(
        -3.0, "Log-odds that an unskilled caller on equal terms displaces a product that sells the mean.", "[-20, 20]"
    )
    relation: float = quantity(
        3.0, "Log-odds per unit of the caller's relation with the shop above that of the product's company.", "[0, 50]"
    )
    skill: float = quantity(1.0, "Log-odds per unit of the caller's selling skill.", "[0, 50]")
    sales: float = quantity(
        1.0, "Log-odds lost per unit of the product's sales at the shop, in sales of its mean product.", "[0, 50]"
    )
    facings_taken: float = quantity(
        0.5, "Facings lost each time, of a fair share of 1; below .2 the product leaves the list.", "[0, 10]"
    )
    empty_shelf: float = quantity(
        1.0, "Log-odds of a sell-in where all the other companies' products have run out.", "[0, 50]"
    )
    empty_facings: float = quantity(
        0.5, "Best shelf weight gained by a visit where all the others' products have run out.", "[0, 10]"
    )
