"""Small sites for the named examples: one idea each, everything else as usual."""

from typing import Any

from custom_components.amp_guard.model import Charger, Group, Site, Supply


def group(name: str = "garage", **changed: Any) -> Group:
    """Return a group of 25 A, 10 A offline."""
    usual = {"id": name, "max_current_online": 25.0, "max_current_offline": 10.0}
    return Group(**{**usual, **changed})


def charger(name: str = "a", **changed: Any) -> Charger:
    """Return a charger of 6-16 A on three phases in the garage."""
    return Charger(**{"id": name, "group": "garage", **changed})


def home(*chargers: Charger, fuse: float = 25.0, **changed: Any) -> Site:
    """Return a metered home with one group, and one charger if none is given."""
    usual = {
        "supply": Supply(supply_max_current=fuse),
        "groups": (group(max_current_online=fuse),),
        "chargers": chargers or (charger(),),
    }
    return Site(**{**usual, **changed})
