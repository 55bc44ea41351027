"""Drive one charger: read it from the state machine, command it by actions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..model import (
    MINIMUM_SIGNALLED_CURRENT,
    ChargerReading,
    ChargerStatus,
    Phase,
)


class ChargerCommandError(HomeAssistantError):
    """The charger, or its integration, refused a command."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerConfig:
    """A charger as its owner described it; currents in A.

    `entities` maps a `Role` to an entity registry id or entity id; only the profile
    of picked entities needs it. `wiring` names the supply phase on the charger's own
    L1, L2 and L3.
    """

    id: str
    device_id: str | None
    profile: str
    entities: Mapping[str, str] = field(default_factory=dict)
    min_current: float = MINIMUM_SIGNALLED_CURRENT
    max_current: float = 16.0
    wiring: tuple[Phase, ...] = (Phase.L1, Phase.L2, Phase.L3)
    offline_current: float = MINIMUM_SIGNALLED_CURRENT


class ChargerDriver:
    """One charger, read and commanded."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: ChargerConfig,
        on_change: Callable[[str], None],
    ) -> None:
        """Take the charger; `on_change(charger_id)` tells that a reading changed."""
        self._hass = hass
        self.config = config
        self._on_change = on_change

    async def start(self) -> None:
        """Listen to what the charger says."""

    async def stop(self) -> None:
        """Stop listening; leave nothing running."""

    def read(self) -> ChargerReading:
        """Return what the charger says of itself now; no I/O, never an exception."""
        return ChargerReading(status=ChargerStatus.UNKNOWN)

    async def apply(self, current: float, valid_for: float | None) -> None:
        """Give the charger a limit in A (0 pauses), for `valid_for` s where it can.

        Raises ChargerCommandError if it is refused.
        """

    async def release(self) -> None:
        """Leave the charger at its offline current."""
