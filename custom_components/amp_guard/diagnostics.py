"""Diagnostics: what is configured, what is known, what was decided and failed lately.

For a stranger who is to find a fault, so nothing that is private: no address, no serial
number, and no name, which may hold either. Of entities that is also true of their ids:
only what kind they are is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
import re
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_integration
from homeassistant.util import slugify

from .chargers import PROFILES, Role, Trouble
from .chargers.entities import ChargerEntities
from .const import (
    CONF_HEARTBEAT,
    CONF_SENSORS,
    DOMAIN,
    SUBENTRY_CHARGER,
    AmpGuardConfigEntry,
)
from .coordinator import AmpGuardCoordinator
from .flows.forms import nameless
from .flows.forms.plan import OPERATOR_SCHEMA, TARIFF_SCHEMA
from .flows.forms.solar import SOLAR_SCHEMA
from .loop.faults import Fault
from .loop.state import SiteState
from .site.reading import read_charger_config
from .site.settings import NAMELESS

ENTITY_ID = re.compile(r"\b([a-z_]+)\.[a-z0-9_]+")
SHOWN = NAMELESS | nameless(TARIFF_SCHEMA, OPERATOR_SCHEMA, SOLAR_SCHEMA)
"""What is stored and told."""
SHORTEST_NAME = 3
"""Letters of what is looked for in a fault's text: less stands in any text."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AmpGuardConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of one supply, also where its set-up has failed."""
    integration = await async_get_integration(hass, DOMAIN)
    # There is none before set-up has begun, and after the entry was unloaded.
    coordinator: AmpGuardCoordinator | None = getattr(entry, "runtime_data", None)
    troubles = {} if coordinator is None else coordinator.fleet.troubles
    return {
        "version": str(integration.version),
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "data": _shown(entry.data)
        | {
            CONF_SENSORS: {
                role: _entity(hass, id_)
                for role, id_ in entry.data.get(CONF_SENSORS, {}).items()
            },
            CONF_HEARTBEAT: _entity(hass, entry.data.get(CONF_HEARTBEAT)),
        },
        "options": _shown(entry.options),
        "subentries": {
            id_: {
                "type": subentry.subentry_type,
                "data": _shown(subentry.data),
                **_charger(hass, subentry, troubles.get(id_)),
            }
            for id_, subentry in entry.subentries.items()
        },
    } | ({} if coordinator is None else _loop(coordinator, _private(entry)))


def _loop(coordinator: AmpGuardCoordinator, private: Iterable[str]) -> dict[str, Any]:
    """Return what the loop knows and did."""
    state = coordinator.state
    return {
        "site": asdict(coordinator.site),
        "rejected_samples": coordinator.meters.rejected_samples,
        "learned": coordinator.fleet.learned,
        "limited_by": coordinator.fleet.ways,
        "published": None if state is None else _published(state),
        "faults": [_fault(fault, private) for fault in coordinator.faults.kept],
        "recording": coordinator.cycle.recording.as_list(),
    }


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value if key in SHOWN else REDACTED for key, value in data.items()}


def _charger(
    hass: HomeAssistant, subentry: ConfigSubentry, trouble: Trouble | None
) -> dict[str, Any]:
    """Return by what a charger is driven, and what is wrong with it now."""
    if subentry.subentry_type != SUBENTRY_CHARGER:
        return {}
    try:
        config = read_charger_config(subentry.data, subentry.subentry_id)
    except (LookupError, ValueError) as error:  # what set-up has failed at
        return {"error": repr(error)}
    profile = PROFILES[config.profile]
    entities = ChargerEntities.of(hass, config)
    return {
        "integration": profile.integration,
        "entities": {
            role.value: _entity(hass, entities.entity_id(role))
            for role in Role
            if role in entities or role in entities.needed
        },
        "trouble": trouble
        and {
            "kind": trouble.kind.value,
            "role": next(
                (r for r in Role if entities.entity_id(r) == trouble.entity_id), None
            ),
            "state": trouble.state,
        },
    }


def _entity(hass: HomeAssistant, id_: str | None) -> dict[str, Any] | None:
    """Return what kind of entity this is, and what it says; None where it is gone."""
    registry = er.async_get(hass)
    entity_id = None if id_ is None else er.async_resolve_entity_id(registry, id_)
    if entity_id is None:
        return None
    entry, state = registry.async_get(entity_id), hass.states.get(entity_id)
    attributes = {} if state is None else state.attributes
    return {
        "domain": entity_id.partition(".")[0],
        "platform": None if entry is None else entry.platform,
        "disabled_by": None if entry is None else entry.disabled_by,
        "device_class": attributes.get(ATTR_DEVICE_CLASS),
        "unit": attributes.get(ATTR_UNIT_OF_MEASUREMENT),
        "state": None if state is None else state.state,
    }


def _published(state: SiteState) -> dict[str, Any]:
    ceilings = (replace(ceiling, name=REDACTED) for ceiling in state.ceilings)
    return asdict(replace(state, ceilings=tuple(ceilings)))


def _fault(fault: Fault, private: Iterable[str]) -> dict[str, Any]:
    *steps, error = fault.trace
    for word in private:
        error = error.replace(word, REDACTED)
    error = ENTITY_ID.sub(rf"\1.{REDACTED}", error)
    return asdict(fault) | {"trace": [*steps, error]}


def _private(entry: AmpGuardConfigEntry) -> list[str]:
    """Return what a fault's text may name, as it is typed and as ids have it."""
    names = {entry.title, *(each.title for each in entry.subentries.values())}
    ids = {entry.unique_id, *(each.unique_id for each in entry.subentries.values())}
    hidden = {
        v for k, v in entry.data.items() if k not in NAMELESS and isinstance(v, str)
    }
    words = names | {slugify(name) for name in names} | ids | hidden
    # The longest first: a name can hold another one.
    return sorted(
        (word for word in words if word and len(word) >= SHORTEST_NAME), key=len
    )[::-1]
