"""Solar charging as it is configured: who charges with what would be exported."""

from homeassistant.config_entries import ConfigSubentry

from ..const import (
    CONF_BATTERY,
    CONF_BATTERY_CHARGING_POSITIVE,
    CONF_BATTERY_YIELDS,
    CONF_DISABLE_DELAY,
    CONF_ENABLE_DELAY,
    CONF_SOLAR_MODE,
    SECONDS_PER_MINUTE,
    SUBENTRY_CHARGER,
    SUBENTRY_SOLAR,
    AmpGuardConfigEntry,
)
from ..model import PowerLimit, Reason
from ..plans.surplus import Battery, SolarMode, Surplus, SurplusSettings, WithMinimum
from .planned_limit import PlannedLimit


def solar_mode(entry: AmpGuardConfigEntry, charger: ConfigSubentry) -> SolarMode:
    """Return with what a charger charges: what was chosen for it, or for all."""
    chosen = SolarMode.FUSES
    for solar in entry.get_subentries_of_type(SUBENTRY_SOLAR):
        chosen = charger.data.get(CONF_SOLAR_MODE, solar.data[CONF_SOLAR_MODE])
    return SolarMode(chosen)


def solar_limits(
    entry: AmpGuardConfigEntry, solar: ConfigSubentry
) -> tuple[PlannedLimit, ...]:
    """Return the limits of those that charge with surplus alone, and of all with them.

    Both are always there: who is in them changes in passing.
    """
    modes = {
        charger.subentry_id: solar_mode(entry, charger)
        for charger in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    }
    alone, together = f"{solar.subentry_id}_alone", solar.subentry_id
    settings = read_surplus_settings(solar)
    surplus = Surplus(settings, alone=alone, together=together)
    battery = settings.battery
    return (
        PlannedLimit(
            subentry=solar.subentry_id,
            limit=PowerLimit(
                id=alone,
                chargers=tuple(
                    id_ for id_, mode in modes.items() if mode is SolarMode.SURPLUS
                ),
                reason=Reason.SURPLUS,
            ),
            plan=surplus,
            entities=() if battery is None else (battery.sensor,),
        ),
        PlannedLimit(
            subentry=solar.subentry_id,
            limit=PowerLimit(
                id=together,
                chargers=tuple(
                    id_ for id_, mode in modes.items() if mode is not SolarMode.FUSES
                ),
                reason=Reason.SURPLUS,
            ),
            plan=WithMinimum(surplus),
        ),
    )


def read_surplus_settings(solar: ConfigSubentry) -> SurplusSettings:
    """Return what is set of solar charging."""
    data = solar.data
    sensor = data.get(CONF_BATTERY)
    return SurplusSettings(
        enable_delay=data[CONF_ENABLE_DELAY] * SECONDS_PER_MINUTE,
        disable_delay=data[CONF_DISABLE_DELAY] * SECONDS_PER_MINUTE,
        battery=None
        if sensor is None
        else Battery(
            sensor=sensor,
            charging_positive=data[CONF_BATTERY_CHARGING_POSITIVE],
            yields=data[CONF_BATTERY_YIELDS],
        ),
    )
