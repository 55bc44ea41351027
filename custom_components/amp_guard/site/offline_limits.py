"""Whether chargers that nobody reaches stay within what their fuses carry together."""

from dataclasses import dataclass

from ..control.tree import Tree
from ..model import Charger, Phase, Site

_HAIR = 1e-6
"""A by which a sum may miss the figure that it means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineExcess:
    """A group or the supply, by its id, that its chargers may overload when offline.

    `current` is what they use together on its fullest phase, `limit` what it has for
    them: its AG Offline maximum, or the main fuse. Both in A.
    """

    node: str
    current: float
    limit: float

    def placeholders(self, name: str) -> dict[str, str]:
        """Return what a text about it is filled with; `name` is the node's."""
        return {
            "name": name,
            "sum": f"{self.current:.4g}",
            "limit": f"{self.limit:.4g}",
        }


def offline_excesses(site: Site) -> list[OfflineExcess]:
    """Return where the offline current limits together are too high, from the top down.

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
        OfflineExcess(node=node.id, current=current, limit=node.max_current_offline)
        for node, load in zip(tree.nodes, loads, strict=True)
        if (current := max(load.values())) > node.max_current_offline + _HAIR
    ]


def _used_offline(charger: Charger) -> tuple[Phase, ...]:
    if charger.offline_phase is None:
        return charger.wiring
    return (charger.offline_phase,)
