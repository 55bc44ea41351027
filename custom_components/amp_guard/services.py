"""Actions: ceilings and boosts with an end, priorities, the plan with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import CONF_PRIORITY, DOMAIN
from .coordinator import AmpGuardConfigEntry, AmpGuardCoordinator
from .devices import device_of
from .model import MINIMUM_SIGNALLED_CURRENT, SUPPLY_ID, Site
from .plan_response import plan_response
from .settings import PRIORITIES, change_setting, describe
from .temporary import TimedCeiling

ATTR_CURRENT = "current"
ATTR_DURATION = "duration"
ATTR_PRIORITY = "priority"
ATTR_UNTIL = "until"

DEFAULT_CEILING_NAME = "ceiling"

DEVICE = {vol.Required(ATTR_DEVICE_ID): cv.string}
END = {
    vol.Exclusive(ATTR_UNTIL, "end"): cv.datetime,
    vol.Exclusive(ATTR_DURATION, "end"): cv.positive_time_period,
}


def _with_end(fields: Mapping[vol.Marker, object]) -> vol.All:
    return vol.All(
        vol.Schema({**DEVICE, **fields, **END}),
        cv.has_at_least_one_key(ATTR_UNTIL, ATTR_DURATION),
    )


SET_CEILING = _with_end(
    {
        vol.Required(ATTR_CURRENT): vol.Coerce(float),
        vol.Optional(ATTR_NAME, default=DEFAULT_CEILING_NAME): cv.string,
    }
)
CLEAR_CEILING = vol.Schema({**DEVICE, vol.Optional(ATTR_NAME): cv.string})
BOOST = _with_end({})
END_BOOST = vol.Schema(DEVICE)
SET_PRIORITY = vol.Schema({**DEVICE, vol.Required(ATTR_PRIORITY): vol.Coerce(int)})
GET_PLAN = vol.Schema({vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string})


@callback
def register_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, handler, schema, response in (
        ("set_ceiling", _set_ceiling, SET_CEILING, SupportsResponse.OPTIONAL),
        ("clear_ceiling", _clear_ceiling, CLEAR_CEILING, SupportsResponse.OPTIONAL),
        ("boost", _boost, BOOST, SupportsResponse.OPTIONAL),
        ("end_boost", _end_boost, END_BOOST, SupportsResponse.NONE),
        ("set_priority", _set_priority, SET_PRIORITY, SupportsResponse.NONE),
        ("get_plan", _get_plan, GET_PLAN, SupportsResponse.ONLY),
    ):
        hass.services.async_register(
            DOMAIN, name, handler, schema, supports_response=response
        )


async def _set_ceiling(call: ServiceCall) -> ServiceResponse:
    target = _target(call)
    ceiling = TimedCeiling(
        target=target.id,
        name=call.data[ATTR_NAME],
        current=call.data[ATTR_CURRENT],
        end=_end(call),
    )
    _check_ceiling(target, ceiling.current)
    target.coordinator.temporary.set_ceiling(ceiling)
    return _shown(ceiling)


async def _clear_ceiling(call: ServiceCall) -> ServiceResponse:
    target = _target(call)
    cleared = target.coordinator.temporary.clear_ceilings(
        target.id, call.data.get(ATTR_NAME)
    )
    return {"cleared": [_shown(ceiling) for ceiling in cleared]}


async def _boost(call: ServiceCall) -> ServiceResponse:
    charger, end = _charger(call), _end(call)
    charger.coordinator.temporary.boost(charger.id, end)
    return {ATTR_UNTIL: dt_util.as_local(end).isoformat()}


async def _end_boost(call: ServiceCall) -> None:
    charger = _charger(call)
    charger.coordinator.temporary.end_boost(charger.id)


async def _set_priority(call: ServiceCall) -> None:
    charger, priority = _charger(call), call.data[ATTR_PRIORITY]
    if priority not in PRIORITIES:
        raise _refusal("no_such_priority", PRIORITIES)
    entry = charger.coordinator.entry
    change_setting(
        call.hass, entry, charger.id, {CONF_PRIORITY: priority}, possible=PRIORITIES
    )


async def _get_plan(call: ServiceCall) -> ServiceResponse:
    entries = {entry.entry_id: entry for entry in _loaded_entries(call.hass)}
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    if entry_id is None and len(entries) == 1:
        [entry_id] = entries
    if (entry := entries.get(entry_id or "")) is None:
        raise _refusal("no_such_supply", (e.title for e in entries.values()))
    if (published := entry.runtime_data.published) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_decided"
        )
    return await plan_response(call.hass, entry, published)


# --- what an action is meant for ------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    """A node or charger (`id`) of a supply that is set up."""

    coordinator: AmpGuardCoordinator
    id: str

    @property
    def is_charger(self) -> bool:
        return any(charger.id == self.id for charger in self.site.chargers)

    @property
    def site(self) -> Site:
        return self.coordinator.site

    @property
    def max_current(self) -> float:
        """What it may use at most, A."""
        if self.id == SUPPLY_ID:
            return self.site.supply.supply_max_current
        nodes = {group.id: group.max_current_online for group in self.site.groups}
        return (nodes | {c.id: c.max_current for c in self.site.chargers})[self.id]


def _target(call: ServiceCall) -> _Target:
    """Return the supply, group or charger that a device stands for."""
    return _pick(call, [t for e in _loaded_entries(call.hass) for t in _targets(e)])


def _charger(call: ServiceCall) -> _Target:
    """Return the charger that a device stands for."""
    targets = [t for e in _loaded_entries(call.hass) for t in _targets(e)]
    return _pick(call, [target for target in targets if target.is_charger])


def _pick(call: ServiceCall, targets: Iterable[_Target]) -> _Target:
    devices = {
        device.id: (device, target)
        for target in targets
        if (device := device_of(call.hass, target.coordinator.entry, target.id))
        is not None
    }
    if (found := devices.get(call.data[ATTR_DEVICE_ID])) is None:
        names = sorted(_name(device) for device, _ in devices.values())
        raise _refusal("no_such_device", names)
    return found[1]


def _targets(entry: AmpGuardConfigEntry) -> Iterable[_Target]:
    for id_ in (SUPPLY_ID, *entry.subentries):
        yield _Target(coordinator=entry.runtime_data, id=id_)


def _loaded_entries(hass: HomeAssistant) -> list[AmpGuardConfigEntry]:
    return [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
    ]


def _name(device: dr.DeviceEntry) -> str:
    return device.name_by_user or device.name or device.id


# --- what is refused, and what is said ------------------------------------------------


def _check_ceiling(target: _Target, current: float) -> None:
    most = target.max_current
    least = MINIMUM_SIGNALLED_CURRENT if target.is_charger else 0.0
    if current != 0 and not least <= current <= most:
        allowed = f"{least:g}–{most:g} A"
        raise _refusal("no_such_ceiling", [f"0, {allowed}" if least else allowed])


def _end(call: ServiceCall) -> datetime:
    """Return when it ends; refuse what is over already."""
    now = dt_util.utcnow()
    if (duration := call.data.get(ATTR_DURATION)) is not None:
        end: datetime = now + duration
    else:
        end = dt_util.as_utc(call.data[ATTR_UNTIL])
    if end <= now:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="end_is_past",
            translation_placeholders={
                "end": _local(end),
                "now": _local(now),
            },
        )
    return end


def _refusal(key: str, allowed: Iterable[Any]) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"allowed": describe(allowed)},
    )


def _shown(ceiling: TimedCeiling) -> dict[str, Any]:
    return {
        ATTR_NAME: ceiling.name,
        ATTR_CURRENT: ceiling.current,
        ATTR_UNTIL: _local(ceiling.end),
    }


def _local(moment: datetime) -> str:
    return dt_util.as_local(moment).isoformat(timespec="seconds")
