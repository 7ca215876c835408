"""From a scenario to a world: one file for each kind of entity, joined in `build_world`.

Random attributes are keyed by the entity's external id, so that adding an entity changes no other.
"""

from sim.world.setup.market import build_world

__all__ = ["build_world"]
