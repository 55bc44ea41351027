"""Which entities play a charger's roles, and what they show.

They are found in the registry by what their integration made them, so that a renamed
entity stays found, and followed by events, so that reading costs nothing.
"""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
import time
from typing import Self

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
    async_track_state_report_event,
)

from .config import ChargerConfig
from .known_model import known_model, whole_device
from .profile import ANY_ENTITIES, DRIVING_ROLES, EntityMatch, Profile, Role
from .profiles import PROFILES

MATCHED_BY = {"device_id", "platform", "translation_key", "unique_id"}
"""What decides of a registered entity whether it plays a role."""


def registry_entries(
    hass: HomeAssistant, profile: Profile, device_id: str | None
) -> list[er.RegistryEntry]:
    """Return what an integration registered for a device, the disabled included.

    Without a device: what it registered for none.
    """
    registry = er.async_get(hass)
    if device_id is None:
        entries = [
            entry for entry in registry.entities.values() if entry.device_id is None
        ]
    else:
        entries = er.async_entries_for_device(
            registry, device_id, include_disabled_entities=True
        )
    return [entry for entry in entries if entry.platform == profile.integration]


def find_entities(
    profile: Profile, entries: list[er.RegistryEntry], connector: int
) -> dict[Role, er.RegistryEntry]:
    """Return the entries that play a role in the profile."""
    found = {}
    for role, match in profile.entities.items():
        if (entry := _first_match(match, entries, connector)) is not None:
            found[role] = entry
    return found


def _first_match(
    match: EntityMatch, entries: list[er.RegistryEntry], connector: int
) -> er.RegistryEntry | None:
    for pattern in match.unique_id:
        wanted = pattern.format(connector=connector)
        for entry in entries:
            if entry.domain != match.domain:
                continue
            if match.translation_key not in (None, entry.translation_key):
                continue
            if fnmatchcase(entry.unique_id, wanted):
                return entry
    return None


class ChargerEntities:
    """The entities of one charger, followed through renames and reloads."""

    def __init__(
        self,
        hass: HomeAssistant,
        profile: Profile,
        *,
        device_id: str | None,
        connector: int,
        picked: Mapping[str, str],
        on_change: Callable[[], None],
    ) -> None:
        """Resolve the entities of a device's connector, or those `picked`, by role.

        `on_change` is called when one of them shows another state, or is another.
        """
        self._hass = hass
        self._profile = profile
        self._device_id = device_id
        self._connector = connector
        self._on_change = on_change
        self._picked = {
            Role(role): self._registry_id(entity_id)
            for role, entity_id in picked.items()
        }
        self._ids: dict[Role, str] = {}
        self._disabled: set[str] = set()
        self._reported: dict[str, float] = {}
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._stop_looking: CALLBACK_TYPE | None = None
        self._resolve()

    @classmethod
    def of(
        cls,
        hass: HomeAssistant,
        config: ChargerConfig,
        on_change: Callable[[], None] = lambda: None,
    ) -> Self:
        """Return the entities of a charger as its owner described it."""
        return cls(
            hass,
            PROFILES[config.profile],
            device_id=config.device_id,
            connector=config.connector,
            picked=config.entities,
            on_change=on_change,
        )

    # --- following ------------------------------------------------------------------

    @callback
    def start(self) -> None:
        """Follow the entities from now on."""
        self._stop_looking = self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED,
            self._on_registry,
            event_filter=self._may_be_its_own,
        )
        self._resolve()
        self._follow()

    @callback
    def stop(self) -> None:
        """Stop following."""
        if self._stop_looking is not None:
            self._stop_looking()
            self._stop_looking = None
        self._unfollow()

    def _follow(self) -> None:
        ids = list(self._ids.values())
        for entity_id in ids:
            if (state := self._hass.states.get(entity_id)) is not None:
                self._reported[entity_id] = self._loop_time(state)
        self._unsubscribe = [
            async_track_state_change_event(self._hass, ids, self._on_state),
            async_track_state_report_event(self._hass, ids, self._on_report),
            async_track_entity_registry_updated_event(
                self._hass, ids, self._on_registry
            ),
        ]

    @callback
    def _may_be_its_own(self, data: er.EventEntityRegistryUpdatedData) -> bool:
        """Return whether an entity that changed may play a role from now on.

        Asked by each charger for every entity of a house that is set up.
        """
        if not _may_be_new(data):
            return False
        entry = er.async_get(self._hass).async_get(data["entity_id"])
        if entry is None:
            return False
        if self._profile.name == ANY_ENTITIES:
            return not {entry.id, entry.entity_id}.isdisjoint(self._picked.values())
        return entry.platform == self._profile.integration

    def _unfollow(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()

    @callback
    def _on_state(self, event: Event[EventStateChangedData]) -> None:
        self._reported[event.data["entity_id"]] = self._hass.loop.time()
        self._on_change()

    @callback
    def _on_report(self, event: Event[EventStateReportedData]) -> None:
        self._reported[event.data["entity_id"]] = self._hass.loop.time()

    @callback
    def _on_registry(self, _event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        before = (dict(self._ids), set(self._disabled))
        self._resolve()
        if before == (self._ids, self._disabled):
            return
        self._unfollow()
        self._follow()
        self._on_change()

    def _loop_time(self, state: State) -> float:
        """Return when a state was last reported, on the event loop's clock.

        Only for what was there before it was followed: the two clocks can drift apart
        when the wall clock is set.
        """
        age = max(0.0, time.time() - state.last_reported_timestamp)
        return self._hass.loop.time() - age

    # --- finding --------------------------------------------------------------------

    def _resolve(self) -> None:
        if self._profile.name == ANY_ENTITIES:
            registry = er.async_get(self._hass)
            self._ids = {
                role: entity_id
                for role, id_ in self._picked.items()
                if (entity_id := er.async_resolve_entity_id(registry, id_)) is not None
            }
            self._disabled = {
                entity_id
                for entity_id in self._ids.values()
                if (entry := registry.async_get(entity_id)) is not None
                and entry.disabled_by is not None
            }
            return
        found = find_entities(
            self._profile,
            registry_entries(self._hass, self._profile, self._device_id),
            self._connector,
        )
        if Role.RECONNECTS in self._profile.entities.keys() - found.keys():
            found |= self._of_whole(Role.RECONNECTS)
        if not self._has_outlet():
            found.pop(Role.SOCKET_CURRENT, None)
        self._ids = {role: entry.entity_id for role, entry in found.items()}
        self._disabled = {
            entry.entity_id for entry in found.values() if entry.disabled_by is not None
        }

    def _of_whole(self, role: Role) -> dict[Role, er.RegistryEntry]:
        """Return what plays a role for the device that this one is part of."""
        whole = whole_device(self._hass, self._device_id)
        if whole is None or whole.id == self._device_id:
            return {}
        entries = registry_entries(self._hass, self._profile, whole.id)
        found = find_entities(self._profile, entries, self._connector)
        return {role: found[role]} if role in found else {}

    def _has_outlet(self) -> bool:
        """Whether the device has an ordinary outlet beside its connector."""
        known = known_model(self._hass, self._profile, self._device_id)
        return known is not None and known.outlet is not None

    def on_same_circuit(self) -> set[str | None]:
        """Return the devices of the other chargers that name the same circuit."""
        circuit, match = self.value(Role.CIRCUIT), self._profile.entities[Role.CIRCUIT]
        return {
            entry.device_id
            for entry in er.async_get(self._hass).entities.values()
            if entry.platform == self._profile.integration
            and entry.device_id != self._device_id
            and _first_match(match, [entry], self._connector) is not None
            and self._names_circuit(entry.entity_id, match) == circuit
        }

    def _names_circuit(self, entity_id: str, match: EntityMatch) -> str | None:
        state = self._hass.states.get(entity_id)
        return None if state is None else _value_of(state, match)

    def _registry_id(self, entity_id: str) -> str:
        """Return the id that survives a rename, where the entity has one."""
        entry = er.async_get(self._hass).async_get(entity_id)
        return entity_id if entry is None else entry.id

    def enable(self) -> None:
        """Enable what the integration itself left disabled: often the current per phase.

        What the user disabled stays so.
        """
        registry = er.async_get(self._hass)
        for entity_id in sorted(self._disabled):
            entry = registry.async_get(entity_id)
            if (
                entry is not None
                and entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
            ):
                registry.async_update_entity(entity_id, disabled_by=None)

    def is_coming(self, role: Role) -> bool:
        """Whether the entity was enabled just now: it comes with its next reload.

        What only cannot be reached has a state.
        """
        entity_id = self._ids.get(role)
        if entity_id is None or self._hass.states.get(entity_id) is not None:
            return False
        entry = er.async_get(self._hass).async_get(entity_id)
        return entry is not None and entry.disabled_by is None

    def is_disabled(self, role: Role) -> bool:
        """Whether the entity that plays a role is there, but disabled."""
        return self._ids.get(role) in self._disabled

    @property
    def needed(self) -> tuple[Role, ...]:
        """The roles without which the charger cannot be balanced."""
        if self._profile.name == ANY_ENTITIES:
            return tuple(role for role in DRIVING_ROLES if role in self._picked)
        return self._profile.needed_roles

    # --- reading --------------------------------------------------------------------

    def __contains__(self, role: Role) -> bool:
        """Whether an entity plays the role, reachable or not."""
        return role in self._ids

    def entity_id(self, role: Role) -> str | None:
        """Return the entity that plays a role."""
        return self._ids.get(role)

    def state(self, role: Role) -> State | None:
        """Return the state of a role, None where nothing there can be reached."""
        entity_id = self._ids.get(role)
        if entity_id is None:
            return None
        state = self._hass.states.get(entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            return None
        return state

    def value(self, role: Role) -> str | None:
        """Return the state, or the attribute that the profile reads instead."""
        if (state := self.state(role)) is None:
            return None
        return _value_of(state, self._profile.entities.get(role))

    def unit(self, role: Role) -> str | None:
        """Return the unit of a role's value."""
        if (state := self.state(role)) is None:
            return None
        match = self._profile.entities.get(role)
        if match is not None and match.unit is not None:
            return match.unit
        return state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)

    def last_reported(self, role: Role) -> float | None:
        """Return the loop time at which a role last reported, changed or not."""
        return self._reported.get(self._ids.get(role, ""))

    def newest_report(self) -> float | None:
        """Return the loop time at which any of the entities last reported."""
        times = [t for id_ in self._ids.values() if (t := self._reported.get(id_))]
        return max(times, default=None)


def _value_of(state: State, match: EntityMatch | None) -> str | None:
    """Return the state, or the attribute that is read in its place."""
    if match is None or not match.attributes:
        return state.state
    for name in match.attributes:
        if (value := state.attributes.get(name)) is not None:
            return str(value)
    return None


@callback
def _may_be_new(event_data: er.EventEntityRegistryUpdatedData) -> bool:
    """Whether an entity may begin to play a role that played none."""
    if event_data["action"] == "update":
        return not MATCHED_BY.isdisjoint(event_data["changes"])
    return event_data["action"] == "create"
