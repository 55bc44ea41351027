"""Which devices are chargers that a profile recognises."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundCharger:
    """A device that a profile recognises; `max_current` is A, where it says so."""

    device_id: str
    name: str
    profile: str
    max_current: float | None = None


def find_chargers(hass: HomeAssistant) -> list[FoundCharger]:
    """Return the devices that a profile recognises."""
    return []
