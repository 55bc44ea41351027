"""What to tell support: versions, serial numbers, what is set, what is wrong now.

For a person who is asked for help, so with names and serial numbers; never an address, a
PIN or a password. What a stranger needs beyond that is in the diagnostics.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_DEVICE_ID, CONF_NAME, __version__
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import IntegrationNotFound, async_get_integration

from ..chargers import PROFILES, Trouble
from ..const import (
    CONF_CONTACT,
    CONF_ENTITIES,
    CONF_MODEL,
    CONF_PROFILE,
    CONF_SENSORS,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..model import SUPPLY_ID
from ..site.devices import device_of
from ..site.settings import NAMELESS

DIAGNOSTICS = f"https://my.home-assistant.io/redirect/integration/?domain={DOMAIN}"
"""Where they are downloaded, in whosever Home Assistant it is opened: it names no address."""


async def support_response(
    hass: HomeAssistant, entry: AmpGuardConfigEntry
) -> dict[str, Any]:
    """Return it of one supply, also where its set-up has failed; currents in A."""
    coordinator = getattr(entry, "runtime_data", None)  # none where it never began
    troubles = {} if coordinator is None else coordinator.fleet.troubles
    return {
        "versions": {"homeassistant": __version__}
        | {
            domain: await _version(hass, domain)
            for domain in (DOMAIN, *sorted(set(_integrations(hass, entry))))
        },
        "supply": {
            CONF_NAME: entry.title,
            CONF_CONTACT: entry.options.get(CONF_CONTACT),
            "state": entry.state.value,
            CONF_MODEL: entry.data[CONF_MODEL],
            **_printed_on(device_of(hass, entry, SUPPLY_ID)),
            **_settings(entry.data),
            **_settings(entry.options),
        },
        "groups": [
            {CONF_NAME: group.title, **_settings(group.data)}
            for group in entry.get_subentries_of_type(SUBENTRY_GROUP)
        ],
        "chargers": [
            _charger(hass, charger, troubles.get(charger.subentry_id))
            for charger in entry.get_subentries_of_type(SUBENTRY_CHARGER)
        ],
        "wrong_now": await _told_now(hass),
        "diagnostics": DIAGNOSTICS,
    }


def _settings(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.value if isinstance(value, StrEnum) else value
        for key, value in data.items()
        if key in NAMELESS and key != CONF_DEVICE_ID
    }


def _charger(
    hass: HomeAssistant, charger: ConfigSubentry, trouble: Trouble | None
) -> dict[str, Any]:
    device_id = charger.data.get(CONF_DEVICE_ID)
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    return {
        CONF_NAME: charger.title,
        **_printed_on(device if isinstance(device, dr.DeviceEntry) else None),
        **_settings(charger.data),
        "trouble": trouble and f"{trouble.kind.value}: {trouble.entity_id}",
    }


def _printed_on(device: dr.DeviceEntry | None) -> dict[str, str | None]:
    """Return what tells a device from others of its kind."""
    if device is None:
        return {}
    return {"serial_number": device.serial_number, "firmware": device.sw_version}


async def _told_now(hass: HomeAssistant) -> list[str]:
    """Return the titles of the repair issues that stand now, in the user's language."""
    texts = await async_get_translations(hass, hass.config.language, "issues", [DOMAIN])
    return [
        texts[f"component.{DOMAIN}.issues.{issue.translation_key}.title"].format(
            **(issue.translation_placeholders or {})
        )
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    ]


def _integrations(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> Iterator[str]:
    """Yield those of the chargers and of a meter of sensors."""
    picked = [*entry.data.get(CONF_SENSORS, {}).values()]
    for charger in entry.get_subentries_of_type(SUBENTRY_CHARGER):
        profile = PROFILES.get(charger.data[CONF_PROFILE])
        if profile is not None and profile.integration:
            yield profile.integration
        picked += charger.data.get(CONF_ENTITIES, {}).values()
    registry = er.async_get(hass)
    for id_ in picked:
        entity_id = er.async_resolve_entity_id(registry, id_)
        if entity_id is not None and (known := registry.async_get(entity_id)):
            yield known.platform


async def _version(hass: HomeAssistant, domain: str) -> str | None:
    """Return it; None of what is a part of Home Assistant, or not there any more."""
    try:
        integration = await async_get_integration(hass, domain)
    except IntegrationNotFound:
        return None
    return None if integration.version is None else str(integration.version)
