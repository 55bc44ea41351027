"""A charger before it is kept: which it is, and what is said of it so far."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_DEVICE_ID, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..chargers import ANY_ENTITIES, PROFILES, FoundCharger, Role, find_chargers
from ..const import (
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_OFFLINE_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PRIORITY,
    CONF_PROFILE,
    CONF_STATES,
    CONF_WIRING,
    DOMAIN,
    SUBENTRY_CHARGER,
)
from ..meters.sensors import resolve
from ..model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus, Group, Supply
from ..site.phases import format_phases
from ..site.reading import ALL_PHASES, read_charger
from ..site.rules import Errors, charger_errors
from .charger_labels import (
    Nameplate,
    distinct_labels,
    distinct_names,
    in_reading_order,
    read_nameplate,
)
from .forms.charger import DEFAULT_MAX_CURRENT

IDENTITY = (
    CONF_DEVICE_ID,
    CONF_PROFILE,
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_STATES,
)
"""The keys that say which charger it is, and how it is driven."""

DEFAULTS = {CONF_OFFLINE_CURRENT: MINIMUM_SIGNALLED_CURRENT, CONF_PRIORITY: 1}
"""What is proposed of each charger, whatever its kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerDraft:
    """A charger that is being described.

    `identity` says which it is and how it is driven; `settings` how it is wired and
    limited: as it is proposed, later as it was entered. `unique_id` is the same
    wherever the charger is described again. `phases` is how many it has, where known.
    `label` tells it from all others while they are chosen.
    """

    title: str
    unique_id: str | None
    identity: Mapping[str, Any]
    settings: Mapping[str, Any]
    phases: int | None = None
    label: str = ""

    @property
    def is_picked(self) -> bool:
        """Whether its entities were picked by hand."""
        return bool(self.identity[CONF_PROFILE] == ANY_ENTITIES)

    @property
    def data(self) -> dict[str, Any]:
        """The subentry's data."""
        return {**self.identity, **self.settings}

    @property
    def subentry(self) -> ConfigSubentryData:
        """The subentry, not added yet."""
        return ConfigSubentryData(
            subentry_type=SUBENTRY_CHARGER,
            title=self.title,
            unique_id=self.unique_id,
            data=self.data,
        )

    def device(self, hass: HomeAssistant) -> str | None:
        """Return the device that is commanded, as far as it is known."""
        if not self.is_picked:
            device: str | None = self.identity.get(CONF_DEVICE_ID)
            return device
        limit = self.identity[CONF_ENTITIES][Role.LIMIT.value]
        entity = er.async_get(hass).async_get(limit)
        return None if entity is None else entity.device_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """What a charger can be connected to: a supply, its groups and their names by id.

    `chargers` are the names of the others that are there already.
    """

    supply: Supply
    groups: Mapping[str, Group]
    names: Mapping[str, str]
    chargers: Collection[str] = ()

    def errors(self, charger: ChargerDraft) -> Errors:
        """Return the rules that a charger breaks here."""
        if not charger.title.strip():
            return {CONF_NAME: "name_missing"}
        if charger.title in self.chargers:
            return {CONF_NAME: "name_taken"}
        if (group := self.groups.get(charger.settings[CONF_GROUP])) is None:
            return {CONF_GROUP: "group_gone"}
        return charger_errors(read_charger(charger.data), group, self.supply)


def found_chargers(hass: HomeAssistant) -> dict[str, ChargerDraft]:
    """Return the chargers that are recognised and not balanced yet, by unique id."""
    balanced = list(balanced_chargers(hass))
    plates: list[tuple[Nameplate, ChargerDraft]] = []
    for charger in find_chargers(hass):
        draft = draft_of_found(charger)
        if not is_among(hass, draft, balanced):
            plates.append((read_nameplate(hass, charger), draft))
    plates.sort(key=lambda each: in_reading_order(each[0].label))
    labels = distinct_labels(plate for plate, _ in plates)
    taken = [draft.title for draft in balanced]
    names = distinct_names((plate for plate, _ in plates), taken)
    return {
        str(draft.unique_id): replace(draft, label=label, title=name)
        for (_, draft), label, name in zip(plates, labels, names, strict=True)
    }


def balanced_chargers(
    hass: HomeAssistant, *, except_for: str | None = None
) -> Iterator[ChargerDraft]:
    """Return what is balanced already, below any supply, but for one subentry."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER):
            if subentry.subentry_id != except_for:
                yield draft_of(subentry.title, subentry.unique_id, subentry.data)


def draft_of(
    title: str, unique_id: str | None, data: Mapping[str, Any]
) -> ChargerDraft:
    """Return a charger that was kept, to be described again."""
    return ChargerDraft(
        title=title,
        label=title,
        unique_id=unique_id,
        identity={key: data[key] for key in IDENTITY if key in data},
        settings={key: data[key] for key in data if key not in IDENTITY},
    )


def is_among(
    hass: HomeAssistant, charger: ChargerDraft, others: Iterable[ChargerDraft]
) -> bool:
    """Say whether one of the others is the same charger: two would fight over it.

    The connectors of a device are chargers of their own, but an entity of a device
    that is recognised as a whole may command any of them.
    """
    device = charger.device(hass)
    return any(
        other.unique_id == charger.unique_id
        or (
            other.is_picked != charger.is_picked
            and device is not None
            and device == other.device(hass)
        )
        for other in others
    )


def draft_of_found(charger: FoundCharger) -> ChargerDraft:
    """Return a charger that was recognised, to be described."""
    return ChargerDraft(
        title=charger.name,
        # Some have no device.
        unique_id=f"{charger.device_id or charger.profile}_{charger.connector}",
        identity={
            CONF_DEVICE_ID: charger.device_id,
            CONF_PROFILE: charger.profile,
            CONF_CONNECTOR: charger.connector,
        },
        settings={CONF_MAX_CURRENT: charger.max_current or DEFAULT_MAX_CURRENT}
        | DEFAULTS,
        phases=charger.phases,
    )


# --- entities of the user's choice --------------------------------------------------


def pick(
    hass: HomeAssistant, user_input: Mapping[str, str], before: ChargerDraft | None
) -> ChargerDraft:
    """Return a charger of picked entities, by ids that survive their renaming."""
    registry = er.async_get(hass)
    entities = {
        role: entity.id if (entity := registry.async_get(entity_id)) else entity_id
        for role, entity_id in user_input.items()
        if role != CONF_NAME
    }
    known = {} if before is None else before.identity.get(CONF_STATES, {})
    return ChargerDraft(
        title=user_input[CONF_NAME],
        label=user_input[CONF_NAME],
        unique_id=entities[Role.LIMIT.value],
        identity={
            CONF_PROFILE: ANY_ENTITIES,
            CONF_ENTITIES: entities,
            CONF_STATES: known,
        },
        settings={CONF_MAX_CURRENT: DEFAULT_MAX_CURRENT} | DEFAULTS
        if before is None
        else before.settings,
    )


def picked(hass: HomeAssistant, draft: ChargerDraft | None) -> dict[str, str]:
    """Return what was picked before, as its form shows it."""
    if draft is None:
        return {}
    return {CONF_NAME: draft.title} | {
        role: resolve(hass, id_) for role, id_ in draft.identity[CONF_ENTITIES].items()
    }


def state_words(hass: HomeAssistant, draft: ChargerDraft) -> list[str]:
    """Return the words of a picked state that nobody knows the meaning of.

    All that the entity says it can be, or what it is now.
    """
    registry = er.async_get(hass)
    picked_id = draft.identity[CONF_ENTITIES].get(Role.STATE.value, "")
    entity_id = er.async_resolve_entity_id(registry, picked_id)
    if entity_id is None or (state := hass.states.get(entity_id)) is None:
        return []
    known = {"unavailable", "unknown", *PROFILES[ANY_ENTITIES].statuses[Role.STATE]}
    words = state.attributes.get("options") or [state.state]
    return [word for word in words if word.lower() not in known]


def read_states(user_input: Mapping[str, list[str]]) -> dict[str, ChargerStatus]:
    """Return what each word means; the form has the words by their meaning."""
    return {
        word: ChargerStatus(status)
        for status, words in user_input.items()
        for word in words
    }


def words_by_status(states: Mapping[str, ChargerStatus]) -> dict[str, list[str]]:
    """Return the words by their meaning, as the form has them."""
    words: dict[str, list[str]] = {}
    for word, status in states.items():
        words.setdefault(ChargerStatus(status).value, []).append(word)
    return words


# --- proposals ----------------------------------------------------------------------


def proposal(
    draft: ChargerDraft, installation: Installation, place: int = 0
) -> dict[str, Any]:
    """Return the settings with what is proposed for a charger in that place.

    Each that can fall back on one phase gets another offline phase than the one before
    it [installation manual].
    """
    settings = dict(draft.settings)
    if settings.get(CONF_GROUP) not in installation.groups:
        settings[CONF_GROUP] = next(iter(installation.groups))
    group = installation.groups[settings[CONF_GROUP]]
    wiring = settings.get(CONF_WIRING, format_phases(group.phases[: draft.phases]))
    phases = wiring.split(",")
    return {
        CONF_WIRING: wiring,
        CONF_OFFLINE_PHASE: phases[place % len(phases)]
        if PROFILES[draft.identity[CONF_PROFILE]].falls_back_on_one_phase
        else ALL_PHASES,
        **settings,
    }
