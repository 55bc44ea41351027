"""The offline current limit that a charge point keeps itself, by a key of its maker's.

A Halo with firmware 180 reports `InstallationOfflineCurrent` as `1.16`, writable [evcc#15943,
#21392]. That looks like the manual's limit: a phase, and A. No owner has confirmed it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import re
from typing import Self

from homeassistant.core import HomeAssistant

from .actions import ChargerActions
from .charging_profile import OWN_OFFLINE_CURRENT
from .config import ChargerConfig
from .entities import ChargerEntities
from .profile import Placeholder
from .profiles import PROFILES

VALUE = re.compile(r"([123])\.(\d{1,2})")


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnOfflineCurrent:
    """A phase of the charger's own, and A."""

    phase: int
    current: int

    @classmethod
    def read(cls, value: str | None) -> Self | None:
        """Return what a value of the key says, None where it is of another shape."""
        found = VALUE.fullmatch(value or "")
        if found is None:
            return None
        return cls(phase=int(found[1]), current=int(found[2]))

    def at(self, current: float) -> Self:
        """Return the same phase with A, in whole ones."""
        return replace(self, current=int(current))

    def __str__(self) -> str:
        """Return it as the key's value."""
        return f"{self.phase}.{self.current}"


async def set_own_offline_current(
    hass: HomeAssistant, config: ChargerConfig, wanted: OwnOfflineCurrent
) -> str | None:
    """Write it to a charge point; return the value that it reports then.

    A refusal is only logged by the integration. All keys are read: for one that is asked
    for in vain its owner would be notified. Raises ChargerCommandError if that cannot be
    sent.
    """
    profile = PROFILES[config.profile]
    uses = profile.charging_profiles
    if uses is None:
        return None
    entities = ChargerEntities.of(hass, config)
    actions = ChargerActions(hass, profile, config, entities)
    await actions.send(
        uses.configure,
        filled={
            Placeholder.CONFIGURATION_KEY: OWN_OFFLINE_CURRENT,
            Placeholder.CONFIGURATION_VALUE: str(wanted),
        },
    )
    answer = await actions.ask(uses.ask_all)
    reported = answer.get(OWN_OFFLINE_CURRENT) if isinstance(answer, Mapping) else None
    return None if reported is None else str(reported)
