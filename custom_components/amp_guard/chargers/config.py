"""A charger as its owner described it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model import MINIMUM_SIGNALLED_CURRENT, Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerConfig:
    """A charger as its owner described it; currents in A.

    `connector` is its number among those of one device. `entities` maps a `Role` to
    an entity registry id or entity id, and `states` the state sensor's states to a
    `ChargerStatus`; only the profile of picked entities needs them. `wiring` names
    the supply phase on the charger's own L1, L2 and L3.
    """

    id: str
    device_id: str | None
    profile: str
    connector: int = 1
    entities: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    min_current: float = MINIMUM_SIGNALLED_CURRENT
    max_current: float = 16.0
    wiring: tuple[Phase, ...] = (Phase.L1, Phase.L2, Phase.L3)
    offline_current: float = MINIMUM_SIGNALLED_CURRENT
