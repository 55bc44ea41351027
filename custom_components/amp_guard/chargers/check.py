"""What works of a charger, found by looking only."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..model import ChargerReading, ChargerStatus
from .config import ChargerConfig
from .entities import ChargerEntities
from .profile import Role
from .profiles import PROFILES
from .reading import can_pause, read_charger


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerCheck:
    """What a charger reports now, and whether it can be commanded.

    `state` is its state in its own word, None where nothing reports it. `is_settable`
    is whether its current can be set now, `can_pause` whether it can be paused.
    `reports_later`: what measures its current is disabled until it is driven.
    """

    reading: ChargerReading
    state: str | None
    reports_later: bool
    is_settable: bool
    can_pause: bool

    @property
    def knows_state(self) -> bool:
        """Whether it is known if a car is there and charges."""
        return self.state is not None and self.reading.status not in (
            ChargerStatus.LOST,
            ChargerStatus.UNKNOWN,
        )


def check_charger(hass: HomeAssistant, config: ChargerConfig) -> ChargerCheck:
    """Look at a charger as its driver would; change nothing."""
    profile = PROFILES[config.profile]
    entities = ChargerEntities.of(hass, config)
    entities.start()
    try:
        reading = read_charger(
            profile,
            entities,
            phases=len(config.wiring),
            states={
                word.lower(): ChargerStatus(status)
                for word, status in config.states.items()
            },
            now=hass.loop.time(),
        )
        values = [entities.value(role) for role in profile.statuses]
        limit = profile.limit_role
        return ChargerCheck(
            reading=reading,
            state=next((value for value in values if value is not None), None),
            reports_later=entities.is_disabled(Role.CURRENT_L1),
            is_settable=limit is None or entities.state(limit) is not None,
            can_pause=can_pause(profile, entities),
        )
    finally:
        entities.stop()
