"""What is set by an entity or an action: under the same rules as in a form."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError

from ..const import (
    CONF_ACTIVE,
    CONF_BALANCER_TYPE,
    CONF_BOOST_DURATION,
    CONF_CHARGERS_INCLUDED,
    CONF_CHARGES_UNASKED,
    CONF_CONNECTOR,
    CONF_EXPORT_POSITIVE,
    CONF_FIRMWARE,
    CONF_FOLLOWS,
    CONF_FUSE_TYPE,
    CONF_GENERATES,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MIN_CURRENT,
    CONF_NET,
    CONF_OFFLINE_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PARENT,
    CONF_PHASE_MODE,
    CONF_PHASES,
    CONF_PRIORITY,
    CONF_PROFILE,
    CONF_REQUEST_DURATION,
    CONF_SOCKET,
    CONF_SOCKET_CURRENT,
    CONF_SOLAR_MODE,
    CONF_SOURCE,
    CONF_STATES,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
    CONF_VARIANT,
    CONF_WIRING,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..model import SUPPLY_ID, Phase
from .figures import figure
from .phases import format_phases
from .reading import ALL_PHASES
from .rules import Errors, subentry_errors

type Setting = bool | float | str | None
"""What is stored of a group or charger by one key, None where nothing is."""

PRIORITIES = range(1, 10)
"""1 is served first."""

DEFAULT_BOOST_DURATION = 240.0
"""min. At 11 kW a day's drive, and more."""

DEFAULT_REQUEST_DURATION = 720.0
"""min. A planner that tells only changes is quiet for a night."""

SET_ELSEWHERE = (
    CONF_ACTIVE,
    CONF_SOCKET,
    CONF_SOCKET_CURRENT,
    CONF_BOOST_DURATION,
    CONF_REQUEST_DURATION,
    CONF_CHARGES_UNASKED,
    CONF_PHASE_MODE,
    CONF_SOLAR_MODE,
)
"""What no form asks for."""

FIGURES = frozenset(
    {
        *SET_ELSEWHERE,
        CONF_CHARGERS_INCLUDED,
        CONF_FOLLOWS,
        CONF_MAX_CURRENT,
        CONF_MAX_CURRENT_OFFLINE,
        CONF_MAX_CURRENT_ONLINE,
        CONF_MIN_CURRENT,
        CONF_OFFLINE_CURRENT,
        CONF_OFFLINE_PHASE,
        CONF_PRIORITY,
    }
)
"""What changes nothing but figures: the same devices, entities and meters remain."""

NAMELESS = FIGURES | {
    CONF_BALANCER_TYPE,
    CONF_CONNECTOR,
    CONF_DEVICE_ID,
    CONF_EXPORT_POSITIVE,
    CONF_FIRMWARE,
    CONF_FUSE_TYPE,
    CONF_GENERATES,
    CONF_GROUP,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_NET,
    CONF_PARENT,
    CONF_PHASES,
    CONF_PROFILE,
    CONF_SOURCE,
    CONF_STATES,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
    CONF_VARIANT,
    CONF_WIRING,
}
"""What is stored of a supply, its groups and chargers that can hold no name, address or
secret."""


def set_elsewhere(subentry: ConfigSubentry) -> dict[str, Any]:
    """Return what a form must not forget of a group or charger."""
    return {key: subentry.data[key] for key in SET_ELSEWHERE if key in subentry.data}


def structure(entry: AmpGuardConfigEntry) -> object:
    """Return what an entry describes beside figures: it differs after other changes."""
    return (
        entry.title,
        dict(entry.data),
        entry.options[CONF_NET],
        {
            id_: (
                subentry.title,
                {
                    key: value
                    for key, value in subentry.data.items()
                    if key not in FIGURES
                },
            )
            for id_, subentry in entry.subentries.items()
        },
    )


@callback
def change_setting(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    subentry_id: str,
    changes: Mapping[str, Any],
    *,
    possible: Iterable[Any] = (),
) -> None:
    """Change one setting of a group or charger.

    Raises ServiceValidationError where it is no number or breaks a rule; that names
    which of the `possible` values break none.
    """
    subentry = entry.subentries[subentry_id]

    def errors(values: Mapping[str, Any]) -> Errors:
        data = {**subentry.data, **values}
        return _no_numbers(values) or subentry_errors(
            subentry.subentry_type, data, entry, subentry_id
        )

    if broken := errors(changes):
        [key] = changes
        allowed = [value for value in possible if not errors({key: value})]
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=next(iter(broken.values())),
            translation_placeholders={"allowed": describe(hass, allowed)},
        )
    data = {**subentry.data, **changes}
    if CONF_MAX_CURRENT_ONLINE in changes:
        data[CONF_FOLLOWS] = False
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    follow(hass, entry)


@callback
def follow(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    supply_max_current: float | None = None,
) -> None:
    """Give each group that follows what feeds it the maximum of that.

    `supply_max_current` is what the main fuse is about to become, A.
    """
    for id_, data in following(entry, supply_max_current).items():
        subentry = entry.subentries[id_]
        hass.config_entries.async_update_subentry(entry, subentry, data=data)


def following(
    entry: AmpGuardConfigEntry, supply_max_current: float | None = None
) -> dict[str, dict[str, Any]]:
    """Return the data that change of the groups that follow what feeds them, by id.

    What they may use without a meter is lowered where it would be above that.
    """
    fuse = supply_max_current or entry.options[CONF_SUPPLY_MAX_CURRENT]
    maxima: dict[str, float] = {SUPPLY_ID: fuse}
    changed: dict[str, dict[str, Any]] = {}
    waiting = entry.get_subentries_of_type(SUBENTRY_GROUP)
    while fed := [g for g in waiting if g.data.get(CONF_PARENT, SUPPLY_ID) in maxima]:
        for group in fed:
            waiting.remove(group)
            most = maxima[group.data.get(CONF_PARENT, SUPPLY_ID)]
            online = group.data[CONF_MAX_CURRENT_ONLINE]
            if group.data.get(CONF_FOLLOWS, False) and online != most:
                online = most
                changed[group.subentry_id] = {
                    **group.data,
                    CONF_MAX_CURRENT_ONLINE: most,
                    CONF_MAX_CURRENT_OFFLINE: min(
                        group.data[CONF_MAX_CURRENT_OFFLINE], most
                    ),
                }
            maxima[group.subentry_id] = online
    return changed


@callback
def change_wiring(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    charger: str,
    wiring: tuple[Phase, ...],
) -> Errors:
    """Change how a charger is wired; return the rules that this would break.

    Its offline phase stays on the same line of the charger.
    """
    subentry = entry.subentries[charger]
    data = {**subentry.data, **rewired(subentry.data, wiring)}
    if not (errors := subentry_errors(SUBENTRY_CHARGER, data, entry, charger)):
        hass.config_entries.async_update_subentry(entry, subentry, data=data)
    return errors


def rewired(data: Mapping[str, Any], wiring: tuple[Phase, ...]) -> dict[str, str]:
    """Return what changes of a charger's `data` with its wiring."""
    before: list[str] = data[CONF_WIRING].split(",")
    offline_phase: str = data[CONF_OFFLINE_PHASE]
    if offline_phase in before:
        line = before.index(offline_phase)
        offline_phase = format_phases(wiring[line : line + 1]) or ALL_PHASES
    return {CONF_WIRING: format_phases(wiring), CONF_OFFLINE_PHASE: offline_phase}


def _no_numbers(values: Mapping[str, Any]) -> Errors:
    """Return what is NaN or infinite: no rule can be held against that."""
    return {
        key: "no_number"
        for key, value in values.items()
        if isinstance(value, float) and not isfinite(value)
    }


def describe(hass: HomeAssistant, values: Iterable[Any]) -> str:
    """Return values for reading: "0, 6-10" of numbers in whole steps."""
    spans: list[list[Any]] = []
    for value in values:
        is_number = isinstance(value, int | float)
        if spans and is_number and value == spans[-1][-1] + 1:
            spans[-1][1:] = [value]
        else:
            spans.append([value])
    texts = (
        "–".join(
            value if isinstance(value, str) else figure(hass, value) for value in span
        )
        for span in spans
    )
    return ", ".join(texts) or "–"
