"""Chargers: which they are, how each is wired and limited, and what of it works.

The same steps at set-up, where there may be several, and below an entry.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_DEVICE_ID, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.helpers import entity_registry as er

from ..chargers import (
    ANY_ENTITIES,
    PROFILES,
    ChargerCheck,
    FoundCharger,
    Role,
    check_charger,
    find_chargers,
)
from ..const import (
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PROFILE,
    CONF_STATES,
    CONF_WIRING,
    DOMAIN,
    SUBENTRY_CHARGER,
)
from ..forms import (
    DEFAULT_MAX_CURRENT,
    ENTITIES_SCHEMA,
    charger_schema,
    show_form,
    table,
)
from ..model import Group, Supply
from ..phases import format_phases
from ..site import Errors, charger_errors, read_charger, read_charger_config

IDENTITY = (
    CONF_DEVICE_ID,
    CONF_PROFILE,
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_STATES,
)
"""The keys that say which charger it is, and how it is driven."""

WORKS, LATER, FAILS = "✓", "○", "✗"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerDraft:
    """A charger that is being described.

    `identity` says which it is and how it is driven; `settings` how it is wired and
    limited: as it is proposed, later as it was entered. `unique_id` is the same
    wherever the charger is described again. `phases` is how many it has, where known.
    """

    title: str
    unique_id: str | None
    identity: Mapping[str, Any]
    settings: Mapping[str, Any]
    phases: int | None = None

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a charger can hang in: groups and their names, by id, below a supply.

    `chargers` is how many there are already.
    """

    supply: Supply
    groups: Mapping[str, Group]
    names: Mapping[str, str]
    chargers: int = 0

    def errors(self, charger: ChargerDraft) -> Errors:
        """Return the rules that a charger breaks here."""
        if (group := self.groups.get(charger.settings[CONF_GROUP])) is None:
            return {CONF_GROUP: "group_gone"}
        return charger_errors(read_charger(charger.data), group, self.supply)


class ChargerSteps[C: FlowContext, R: FlowResult[Any, Any], H](FlowHandler[C, R, H]):
    """Describes the chargers that wait, one after the other, then checks them."""

    check_options: Sequence[str]
    """What can be done about what was found: names of steps."""

    def __init__(self) -> None:
        """Nothing is described yet."""
        super().__init__()
        self._waiting: list[ChargerDraft] = []
        self._described: list[ChargerDraft] = []

    @property
    @abstractmethod
    def _surroundings(self) -> Surroundings:
        """What the chargers can hang in."""

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> R:
        """Pick the entities of any other charger."""
        draft = next((d for d in self._waiting if d.is_picked), None)
        errors: Errors = {}
        if user_input is not None:
            picked = _pick(self.hass, user_input, draft)
            others = [d.unique_id for d in self._waiting if d is not draft]
            taken = {*configured_chargers(self.hass), *others}
            if draft is not None:
                taken -= {draft.unique_id}
            if picked.unique_id not in taken:
                self._waiting = [d for d in self._waiting if d is not draft] + [picked]
                return await self.async_step_charger()
            errors = {Role.LIMIT.value: "already_configured"}
        return show_form(
            self,
            "entities",
            ENTITIES_SCHEMA,
            user_input or _picked(self.hass, draft),
            errors,
        )

    async def async_step_charger(self, user_input: dict[str, Any] | None = None) -> R:
        """Say how the next charger is wired and limited."""
        if not self._waiting:  # they are described once more
            self._waiting, self._described = self._described, []
        draft, *waiting = self._waiting
        around = self._surroundings
        if not around.groups:
            return self.async_abort(reason="no_group")
        errors: Errors = {}
        if user_input is not None:
            settings = {CONF_GROUP: next(iter(around.groups)), **user_input}
            described = replace(draft, settings=settings)
            errors = around.errors(described)
            if not errors:
                self._waiting = waiting
                self._described.append(described)
                if waiting:
                    return await self.async_step_charger()
                return await self.async_step_check()
        proposal = _proposal(draft, around, around.chargers + len(self._described))
        return show_form(
            self,
            "charger",
            charger_schema(
                around.names,
                wiring=proposal[CONF_WIRING],
                max_current=PROFILES[draft.identity[CONF_PROFILE]].max_current,
            ),
            user_input or proposal,
            errors,
            placeholders={"charger": draft.title},
        )

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> R:
        """Show what was found to work, and ask what to do about it."""
        rows = [
            _row(draft.title, check_charger(self.hass, read_charger_config(draft.data)))
            for draft in self._described
        ]
        return self.async_show_menu(
            step_id="check",
            menu_options=list(self.check_options),
            description_placeholders={"chargers": table(rows)},
        )

    def _are_free(self) -> bool:
        """Say whether none of the described was taken by somebody else meanwhile."""
        taken = configured_chargers(self.hass)
        return taken.isdisjoint(draft.unique_id for draft in self._described)


def found_chargers(hass: HomeAssistant) -> dict[str, ChargerDraft]:
    """Return the chargers that are recognised and not balanced yet, by unique id."""
    taken = configured_chargers(hass)
    drafts = (_found(charger) for charger in find_chargers(hass))
    return {str(d.unique_id): d for d in drafts if d.unique_id not in taken}


def configured_chargers(hass: HomeAssistant) -> set[str | None]:
    """Return what is balanced already, below any supply: two would fight over it."""
    return {
        subentry.unique_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    }


def _found(charger: FoundCharger) -> ChargerDraft:
    return ChargerDraft(
        title=charger.name,
        # Some have no device.
        unique_id=f"{charger.device_id or charger.profile}_{charger.connector}",
        identity={
            CONF_DEVICE_ID: charger.device_id,
            CONF_PROFILE: charger.profile,
            CONF_CONNECTOR: charger.connector,
        },
        settings={CONF_MAX_CURRENT: charger.max_current or DEFAULT_MAX_CURRENT},
        phases=charger.phases,
    )


def _pick(
    hass: HomeAssistant, user_input: Mapping[str, str], before: ChargerDraft | None
) -> ChargerDraft:
    """Return a charger of picked entities, by ids that survive their renaming."""
    registry = er.async_get(hass)
    entities = {
        role: entity.id if (entity := registry.async_get(entity_id)) else entity_id
        for role, entity_id in user_input.items()
        if role != CONF_NAME
    }
    return ChargerDraft(
        title=user_input[CONF_NAME],
        unique_id=entities[Role.LIMIT.value],
        identity={CONF_PROFILE: ANY_ENTITIES, CONF_ENTITIES: entities},
        settings={} if before is None else before.settings,
    )


def _picked(hass: HomeAssistant, draft: ChargerDraft | None) -> dict[str, str]:
    """Return what was picked before, as its form shows it."""
    if draft is None:
        return {}
    registry = er.async_get(hass)
    return {CONF_NAME: draft.title} | {
        role: er.async_resolve_entity_id(registry, id_) or id_
        for role, id_ in draft.identity[CONF_ENTITIES].items()
    }


def _proposal(
    draft: ChargerDraft, around: Surroundings, place: int
) -> Mapping[str, Any]:
    """Return the settings with what is proposed for a charger in that place.

    Each gets another offline phase than the one before it [installation manual].
    """
    settings = dict(draft.settings)
    if settings.get(CONF_GROUP) not in around.groups:
        settings.pop(CONF_GROUP, None)
    group = next(iter(around.groups.values()))
    wiring = settings.get(CONF_WIRING, format_phases(group.phases[: draft.phases]))
    phases = wiring.split(",")
    return {
        CONF_WIRING: wiring,
        CONF_OFFLINE_PHASE: phases[place % len(phases)],
        **settings,
    }


def _row(title: str, check: ChargerCheck) -> tuple[str, ...]:
    """Return a charger's row in the table of what works."""
    reading = check.reading
    current = None
    if reading.current is not None:
        current = " / ".join(f"{amperes:.1f}" for amperes in reading.current) + " A"
    limit = None if reading.limit is None else f"{reading.limit:g} A"
    return (
        title,
        _cell(check.state, works=check.knows_state),
        LATER if check.reports_later else _cell(current, works=current is not None),
        _cell(limit, works=check.is_settable),
        _cell(None, works=check.can_pause),
    )


def _cell(shown: str | None, *, works: bool) -> str:
    mark = WORKS if works else FAILS
    return mark if shown is None else f"{mark} {shown}"
