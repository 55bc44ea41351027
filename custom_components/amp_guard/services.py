"""Actions: ceilings and boosts, priorities, the plan, the phases, what support asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import (
    CONF_PRIORITY,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from .coordinator import AmpGuardCoordinator
from .entities.grid_limits_response import grid_limits_response
from .entities.phase_response import find_phases
from .entities.plan_response import plan_response
from .entities.support_response import support_response
from .loop.overrides import MAX_CEILINGS, Overrides, TimedCeiling
from .loop.phase_finding import SearchRunningError, SearchStoppedError
from .model import SUPPLY_ID
from .rights import require_control, require_sight
from .site.devices import device_of, devices_picked, kind_of, target_of
from .site.figures import figure
from .site.reading import connected_subentries
from .site.settings import PRIORITIES, change_setting, describe

ATTR_APPLY = "apply"
ATTR_CURRENT = "current"
ATTR_DURATION = "duration"
ATTR_PRIORITY = "priority"
ATTR_UNTIL = "until"

DEFAULT_CEILING_NAME = "ceiling"
MAX_NAME_LENGTH = 64
"""Characters of a ceiling's name."""
CHARGERS = (SUBENTRY_CHARGER,)
ANY_KIND = (SUPPLY_ID, SUBENTRY_GROUP, SUBENTRY_CHARGER)
FURTHEST = timedelta(days=366)
"""How far ahead an end may be: what holds for longer is a setting."""


def number(value: object) -> float:
    """Return a number. Yes and no are none, though Python counts with them."""
    if isinstance(value, bool):
        raise vol.Invalid("expected a number")
    number: float = vol.Coerce(float)(value)
    return number


def time_span(value: object) -> timedelta:
    """Return a time span; one that cannot be told is the longest that can."""
    try:
        span: timedelta = cv.positive_time_period(value)
    except OverflowError:
        return timedelta.max
    return span


TARGET = {**cv.TARGET_FIELDS}
"""Devices, entities, areas, floors and labels, as an automation's editor picks them."""
END = {vol.Optional(ATTR_UNTIL): cv.datetime, vol.Optional(ATTR_DURATION): time_span}
"""One of them, and only one: see `_end`, which can say so in the user's language."""


SET_CEILING = vol.Schema(
    {
        **TARGET,
        vol.Required(ATTR_CURRENT): number,
        vol.Optional(ATTR_NAME, default=DEFAULT_CEILING_NAME): vol.All(
            cv.string, vol.Length(max=MAX_NAME_LENGTH)
        ),
        **END,
    }
)
CLEAR_CEILING = vol.Schema({**TARGET, vol.Optional(ATTR_NAME): cv.string})
REQUEST_CURRENT = vol.Schema({**TARGET, vol.Required(ATTR_CURRENT): number, **END})
BOOST = vol.Schema({**TARGET, **END})
END_BOOST = vol.Schema(TARGET)
SET_PRIORITY = vol.Schema({**TARGET, vol.Required(ATTR_PRIORITY): number})
FIND_PHASES = vol.Schema(
    {
        **TARGET,
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional(ATTR_APPLY, default=False): cv.boolean,
    }
)
OF_A_SUPPLY = vol.Schema({vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string})


@callback
def register_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, handler, schema, response in (
        ("set_ceiling", _set_ceiling, SET_CEILING, SupportsResponse.OPTIONAL),
        ("clear_ceiling", _clear_ceiling, CLEAR_CEILING, SupportsResponse.OPTIONAL),
        (
            "request_current",
            _request_current,
            REQUEST_CURRENT,
            SupportsResponse.OPTIONAL,
        ),
        ("boost", _boost, BOOST, SupportsResponse.OPTIONAL),
        ("end_boost", _end_boost, END_BOOST, SupportsResponse.NONE),
        ("set_priority", _set_priority, SET_PRIORITY, SupportsResponse.NONE),
        ("find_phases", _find_phases, FIND_PHASES, SupportsResponse.OPTIONAL),
        ("get_plan", _get_plan, OF_A_SUPPLY, SupportsResponse.ONLY),
        (
            "get_support_information",
            _get_support_information,
            OF_A_SUPPLY,
            SupportsResponse.ONLY,
        ),
        (
            "get_grid_limits",
            _get_grid_limits,
            OF_A_SUPPLY,
            SupportsResponse.ONLY,
        ),
    ):
        hass.services.async_register(
            DOMAIN, name, handler, schema, supports_response=response
        )


async def _set_ceiling(call: ServiceCall) -> ServiceResponse:
    current, end = call.data[ATTR_CURRENT], _end(call)
    ceilings: dict[Overrides, list[TimedCeiling]] = {}
    for target in await _targets(call):
        _require_current(call.hass, current, target)
        ceiling = TimedCeiling(
            target=target.id, name=call.data[ATTR_NAME], current=current, end=end
        )
        ceilings.setdefault(target.coordinator.overrides, []).append(ceiling)
    if not all(overrides.has_room(*each) for overrides, each in ceilings.items()):
        raise _refusal(call.hass, "too_many_ceilings", [f"{MAX_CEILINGS}"])
    for overrides, each in ceilings.items():
        for ceiling in each:
            overrides.set_ceiling(ceiling)
    return {
        ATTR_NAME: call.data[ATTR_NAME],
        ATTR_CURRENT: current,
        ATTR_UNTIL: _local(end),
    }


async def _clear_ceiling(call: ServiceCall) -> ServiceResponse:
    cleared = [
        ceiling
        for target in await _targets(call)
        for ceiling in target.coordinator.overrides.clear_ceilings(
            target.id, call.data.get(ATTR_NAME)
        )
    ]
    return {"cleared": [_shown(ceiling) for ceiling in cleared]}


async def _boost(call: ServiceCall) -> ServiceResponse:
    end = _end(call)
    for charger in await _targets(call, CHARGERS):
        charger.coordinator.overrides.boost(charger.id, end)
    return {ATTR_UNTIL: _local(end)}


async def _end_boost(call: ServiceCall) -> None:
    for charger in await _targets(call, CHARGERS):
        charger.coordinator.overrides.end_boost(charger.id)


async def _set_priority(call: ServiceCall) -> None:
    priority = call.data[ATTR_PRIORITY]
    chargers = await _targets(call, CHARGERS)
    if priority not in PRIORITIES:
        raise _refusal(call.hass, "no_such_priority", PRIORITIES)
    for charger in chargers:
        entry, changes = charger.coordinator.entry, {CONF_PRIORITY: int(priority)}
        change_setting(call.hass, entry, charger.id, changes, possible=PRIORITIES)


async def _request_current(call: ServiceCall) -> ServiceResponse:
    current = call.data[ATTR_CURRENT]
    asks_for_an_end = ATTR_DURATION in call.data or ATTR_UNTIL in call.data
    end = _end(call) if asks_for_an_end else None
    chargers = await _targets(call, CHARGERS)
    for charger in chargers:
        _require_current(call.hass, current, charger)
    for charger in chargers:
        charger.coordinator.requests.ask(charger.id, current, end)
    return {"chargers": [_given(call.hass, charger) for charger in chargers]}


async def _find_phases(call: ServiceCall) -> ServiceResponse:
    targets = await _chargers(call)
    try:
        return await find_phases(call.hass, targets, apply=call.data[ATTR_APPLY])
    except SearchRunningError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="search_running"
        ) from error
    except SearchStoppedError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="search_stopped"
        ) from error


async def _get_plan(call: ServiceCall) -> ServiceResponse:
    entry = _supply(call)
    await require_sight(call.hass, call.context, entry)
    if (state := _coordinator_of(entry).state) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_decided"
        )
    return await plan_response(call.hass, entry, state)


async def _get_support_information(call: ServiceCall) -> ServiceResponse:
    entry = _supply(call)
    await require_control(call, entry, SUPPLY_ID)
    return await support_response(call.hass, entry)


async def _get_grid_limits(call: ServiceCall) -> ServiceResponse:
    entry = _supply(call)
    await require_sight(call.hass, call.context, entry)
    return grid_limits_response(_coordinator_of(entry).entry)


# --- what an action is meant for ------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    """A node or charger (`id`) of a supply that is set up."""

    coordinator: AmpGuardCoordinator
    id: str

    @property
    def max_current(self) -> float:
        """What it may use at most, A."""
        site = self.coordinator.site
        if self.id == SUPPLY_ID:
            return site.supply.supply_max_current
        nodes = {group.id: group.max_current_online for group in site.groups}
        return (nodes | {c.id: c.max_current for c in site.chargers})[self.id]


async def _targets(
    call: ServiceCall, kinds: Collection[str] = ANY_KIND
) -> list[_Target]:
    """Return what is picked, of these kinds.

    A device that is named must be one of them; an area may hold others as well.
    """
    named = call.data.get(ATTR_DEVICE_ID, [])
    picked = {
        device_id
        for device_id in devices_picked(call.hass, call.data)
        if device_id in named or kind_of(call.hass, device_id) in kinds
    }
    if not picked:
        raise _refusal(call.hass, "no_such_device", sorted(_names(call.hass, kinds)))
    return [await _pick_device(call, device_id, kinds) for device_id in sorted(picked)]


async def _chargers(call: ServiceCall) -> dict[str, AmpGuardConfigEntry]:
    """Return the entry of each charger that is meant: all of a supply by default."""
    if any(key in call.data for key in TARGET):
        picked = await _targets(call, CHARGERS)
        return {target.id: target.coordinator.entry for target in picked}
    coordinator = _coordinator_of(_supply(call))
    for charger in coordinator.site.chargers:
        await require_control(call, coordinator.entry, charger.id)
    return {charger.id: coordinator.entry for charger in coordinator.site.chargers}


async def _pick_device(
    call: ServiceCall, device_id: str, kinds: Collection[str]
) -> _Target:
    """Return what a device stands for, where the user may control it."""
    found = target_of(call.hass, device_id)
    if found is None or kind_of(call.hass, device_id) not in kinds:
        raise _refusal(call.hass, "no_such_device", sorted(_names(call.hass, kinds)))
    entry, target = found
    await require_control(call, entry, target)
    coordinator = _coordinator_of(entry)
    if target not in (SUPPLY_ID, *connected_subentries(entry)):
        raise _refusal(call.hass, "no_such_device", sorted(_names(call.hass, kinds)))
    return _Target(coordinator=coordinator, id=target)


def _names(hass: HomeAssistant, kinds: Collection[str]) -> Iterable[str]:
    """Return the names of the devices of these kinds."""
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        for target in (SUPPLY_ID, *connected_subentries(entry)):
            device = device_of(hass, entry, target)
            if device is not None and kind_of(hass, device.id) in kinds:
                yield device.name_by_user or device.name or device.id


def _supply(call: ServiceCall) -> AmpGuardConfigEntry:
    """Return the supply that is meant: the named one, else the only one."""
    entries = call.hass.config_entries.async_entries(DOMAIN)
    loaded = call.hass.config_entries.async_loaded_entries(DOMAIN)
    meant = loaded or entries
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        meant = [entry for entry in entries if entry.entry_id == entry_id]
    if len(meant) != 1:
        raise _refusal(call.hass, "no_such_supply", (entry.title for entry in loaded))
    return meant[0]


def _coordinator_of(entry: AmpGuardConfigEntry) -> AmpGuardCoordinator:
    if entry.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_loaded",
            translation_placeholders={"supply": entry.title},
        )
    return entry.runtime_data


# --- what is refused, and what is said ------------------------------------------------


def _end(call: ServiceCall) -> datetime:
    """Return when it ends; refuse no end, two, one that is over or too far ahead."""
    now = dt_util.utcnow()
    if (ATTR_DURATION in call.data) is (ATTR_UNTIL in call.data):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="one_end",
            translation_placeholders={
                "duration": ATTR_DURATION,
                "until": ATTR_UNTIL,
                "latest": _local(now + FURTHEST),
            },
        )
    if (duration := call.data.get(ATTR_DURATION)) is None:
        until: datetime = call.data[ATTR_UNTIL]
        if until.tzinfo is None:
            until = until.replace(tzinfo=dt_util.get_default_time_zone())
        # Unlike a conversion to UTC, this has a result at both ends of the calendar.
        duration = until - now
    if not timedelta(0) < duration <= FURTHEST:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_end",
            translation_placeholders={
                "earliest": _local(now),
                "latest": _local(now + FURTHEST),
            },
        )
    end: datetime = now + duration
    return end


def _require_current(hass: HomeAssistant, current: float, target: _Target) -> None:
    """Refuse a current that a target cannot be given."""
    if not 0 <= current <= target.max_current:
        most = figure(hass, target.max_current)
        raise _refusal(hass, "no_such_ceiling", [f"0–{most} A"])


def _refusal(
    hass: HomeAssistant, key: str, allowed: Iterable[Any]
) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"allowed": describe(hass, allowed)},
    )


def _shown(ceiling: TimedCeiling) -> dict[str, Any]:
    return {
        ATTR_NAME: ceiling.name,
        ATTR_CURRENT: ceiling.current,
        ATTR_UNTIL: _local(ceiling.end),
    }


def _given(hass: HomeAssistant, charger: _Target) -> dict[str, Any]:
    """Return what a charger is given now, and why; the request counts from now on."""
    entry, state = charger.coordinator.entry, charger.coordinator.state
    device = device_of(hass, entry, charger.id)
    told = {
        ATTR_NAME: entry.subentries[charger.id].title,
        ATTR_DEVICE_ID: None if device is None else device.id,
    }
    if state is None:
        return told
    allocation = state.decision.allocations[charger.id]
    return told | {
        "status": state.readings[charger.id].status.value,
        "allocated": allocation.current,
        "drawn": round(max(state.decision.drawn[charger.id]), 1),
        "reason": allocation.reason.value,
    }


def _local(moment: datetime) -> str:
    return dt_util.as_local(moment).isoformat(timespec="seconds")
