"""Whether chargers that nobody reaches stay within what their fuses carry together."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..control.tree import Tree
from ..model import Charger, Phase, Site
from .figures import figure

_HAIR = 1e-6
"""A by which a sum may miss the figure that it means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineSum:
    """What the chargers below a group or the supply, by its id, use when offline.

    `current` is what they use together on its fullest phase, `limit` what it has for
    them: its AG Offline maximum, or the main fuse. Both in A.
    """

    node: str
    current: float
    limit: float

    @property
    def fits(self) -> bool:
        """Whether it has that much for them."""
        return self.current <= self.limit + _HAIR

    def placeholders(self, hass: HomeAssistant, name: str) -> dict[str, str]:
        """Return what a text about it is filled with; `name` is the node's."""
        return {
            "name": name,
            "sum": figure(hass, self.current, ".4g"),
            "limit": figure(hass, self.limit, ".4g"),
        }


def offline_excesses(site: Site) -> list[OfflineSum]:
    """Return where the offline current limits together are too high, from the top down.

    Raises SiteError where the site cannot be balanced.
    """
    return [each for each in offline_sums(site) if not each.fits]


def offline_sums(site: Site) -> list[OfflineSum]:
    """Return what the offline current limits add up to, from the top down.

    Each charger counts for its group and all that is above it; one that takes no part
    for none. Raises SiteError where the site cannot be balanced.
    """
    tree = Tree(site)
    loads = [dict.fromkeys(Phase, 0.0) for _ in tree.nodes]
    for branch in tree.branches:
        current = branch.charger.offline_current if branch.active else 0.0
        for node in branch.path:
            for phase in _used_offline(branch.charger):
                loads[node][phase] += branch.weights[phase] * current
    return [
        OfflineSum(
            node=node.id, current=max(load.values()), limit=node.max_current_offline
        )
        for node, load in zip(tree.nodes, loads, strict=True)
    ]


def _used_offline(charger: Charger) -> tuple[Phase, ...]:
    if charger.offline_phase is None:
        return charger.wiring
    return (charger.offline_phase,)
