"""Chargers: which they are, how each is wired and limited, and what of it works.

The same steps at set-up, where there may be several, and below an entry.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult

from ..chargers import PROFILES, ChargerCheck, Role, check_charger
from ..const import CONF_GROUP, CONF_PROFILE, CONF_STATES, CONF_WIRING
from ..site.reading import read_charger_config
from ..site.rules import Errors
from .drafts import (
    ChargerDraft,
    Surroundings,
    balanced_chargers,
    is_among,
    pick,
    picked,
    proposal,
    read_states,
    state_words,
    words_by_status,
)
from .forms import name_errors, show_form, table
from .forms.charger import ENTITIES_SCHEMA, charger_schema, states_schema

WORKS, LATER, FAILS = "✓", "○", "✗"


class ChargerSteps[C: FlowContext, R: FlowResult[Any, Any], H](FlowHandler[C, R, H]):
    """Describes the chargers that wait, one after the other, then checks them."""

    check_options: Sequence[str]
    """What can be done about what was found: names of steps."""

    _changed: str | None = None
    """The id of the charger that is changed, where it is not a new one."""

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
            charger = pick(self.hass, user_input, draft)
            waiting = [d for d in self._waiting if d is not draft]
            errors = name_errors(user_input)
            if is_among(self.hass, charger, [*self._balanced(), *waiting]):
                errors[Role.LIMIT.value] = "already_configured"
            if not errors:
                self._waiting = [*waiting, charger]
                return await self.async_step_states()
        return show_form(
            self,
            "entities",
            ENTITIES_SCHEMA,
            user_input or picked(self.hass, draft),
            errors,
        )

    async def async_step_states(self, user_input: dict[str, Any] | None = None) -> R:
        """Say what the words of the picked state mean, where they are not known."""
        *waiting, charger = self._waiting
        words = state_words(self.hass, charger)
        errors: Errors = {}
        if user_input is not None:
            states = read_states(user_input)
            if len(states) == sum(map(len, user_input.values())):
                identity = {**charger.identity, CONF_STATES: states}
                self._waiting = [*waiting, replace(charger, identity=identity)]
                return await self.async_step_charger()
            errors = {"base": "state_twice"}
        elif not words:
            return await self.async_step_charger()
        return show_form(
            self,
            "states",
            states_schema(words),
            user_input or words_by_status(charger.identity[CONF_STATES]),
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
        proposed = proposal(draft, around, around.chargers + len(self._described))
        return show_form(
            self,
            "charger",
            charger_schema(
                around.names,
                wiring=proposed[CONF_WIRING],
                max_current=PROFILES[draft.identity[CONF_PROFILE]].max_current,
            ),
            user_input or proposed,
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
        balanced = self._balanced()
        return not any(is_among(self.hass, d, balanced) for d in self._described)

    def _balanced(self) -> list[ChargerDraft]:
        """Return the other chargers."""
        return list(balanced_chargers(self.hass, except_for=self._changed))


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
