"""Chargers: which they are, and how each is wired and limited.

The same steps at set-up, where there may be many, and below an entry.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import FlowHandler, FlowResult

from ..chargers import PROFILES, Role
from ..const import CONF_CHARGERS, CONF_GROUP, CONF_PROFILE, CONF_STATES
from ..model import Phase
from ..site.settings import rewired
from .charger_draft import (
    ChargerDraft,
    Installation,
    balanced_chargers,
    found_chargers,
    is_among,
    pick,
    picked,
    proposal,
    read_states,
    state_words,
    words_by_status,
)
from .charger_table import BrokenRow, filled_table, read_table
from .forms import (
    ACCEPTED,
    Refusal,
    name_errors,
    numbers_refused,
    row_refused,
    show_form,
    unfold,
)
from .forms.charger import (
    ENTITIES_SCHEMA,
    charger_schema,
    charger_table_schema,
    setting_fields,
    states_schema,
)


class ChargerSteps[R: FlowResult[Any, Any]]:
    """Describes `chargers`: one in a form of its own, several in a table."""

    def __init__(
        self,
        flow: FlowHandler[Any, R, Any],
        *,
        installation: Callable[[], Installation],
        go_on: Callable[[], Awaitable[R]],
    ) -> None:
        """Start without a charger.

        `installation` tells what they can be connected to, `go_on` is the step after
        they are described.
        """
        self.chargers: list[ChargerDraft] = []
        self._changed: str | None = None
        self._flow = flow
        self._installation = installation
        self._go_on = go_on

    def choose(
        self, chargers: Iterable[ChargerDraft], *, changed: str | None = None
    ) -> None:
        """Begin with new chargers, or with the one of a subentry that is `changed`."""
        self.chargers = list(chargers)
        self._changed = changed

    async def entities(self, user_input: dict[str, Any] | None = None) -> R:
        """Pick the entities of any other charger."""
        draft = next((d for d in self.chargers if d.is_picked), None)
        refusal = ACCEPTED
        if user_input is not None:
            charger = pick(self._flow.hass, user_input, draft)
            others = [d for d in self.chargers if d is not draft]
            errors = name_errors(user_input)
            if is_among(self._flow.hass, charger, [*self._balanced(), *others]):
                errors[Role.LIMIT.value] = "already_configured"
            if not (refusal := Refusal(errors=errors)):
                self.chargers = [*others, charger]
                return await self.states()
        return show_form(
            self._flow,
            "entities",
            ENTITIES_SCHEMA,
            user_input or picked(self._flow.hass, draft),
            refusal,
        )

    async def states(self, user_input: dict[str, Any] | None = None) -> R:
        """Say what the words of the picked state mean, where they are not known."""
        *others, charger = self.chargers
        words = state_words(self._flow.hass, charger)
        refusal = ACCEPTED
        if user_input is not None:
            states = read_states(user_input)
            if len(states) == sum(map(len, user_input.values())):
                identity = {**charger.identity, CONF_STATES: states}
                self.chargers = [*others, replace(charger, identity=identity)]
                return await self.settings()
            refusal = Refusal(errors={"base": "state_twice"})
        elif not words:
            return await self.settings()
        return show_form(
            self._flow,
            "states",
            states_schema(words),
            user_input or words_by_status(charger.identity[CONF_STATES]),
            refusal,
        )

    async def settings(self) -> R:
        """Say how the chargers are wired and limited."""
        if not self.chargers:
            return await self._go_on()
        return await (self.charger() if len(self.chargers) == 1 else self.table())

    async def charger(self, user_input: dict[str, Any] | None = None) -> R:
        """Say how the one charger is wired and limited."""
        [draft] = self.chargers
        installation = self._installation()
        if not installation.groups:
            return self._flow.async_abort(reason="no_group")
        proposed = proposal(draft, installation, len(installation.chargers))
        schema = charger_schema(
            installation.names,
            proposed,
            most=_most([draft]),
            has_name=not draft.is_picked,
        )
        refusal, values = ACCEPTED, {CONF_NAME: draft.title, **proposed}
        if user_input is not None:
            entered = unfold(user_input)
            values |= {CONF_GROUP: next(iter(installation.groups)), **entered}
            settings = {key: values[key] for key in values if key != CONF_NAME}
            described = replace(
                draft, title=values[CONF_NAME].strip(), settings=settings
            )
            refusal = numbers_refused(self._flow.hass, schema, values) or Refusal(
                errors=installation.errors(described)
            )
            if not refusal:
                self.chargers = [described]
                return await self._go_on()
        return show_form(
            self._flow,
            "charger",
            schema,
            values,
            refusal,
            placeholders={"charger": draft.label or draft.title},
        )

    async def table(self, user_input: dict[str, Any] | None = None) -> R:
        """Say how all chargers are wired and limited: what is the same, what differs."""
        installation = self._installation()
        most, hass = _most(self.chargers), self._flow.hass
        values = user_input or filled_table(
            self.chargers, installation, setting_fields(installation.names, most)
        )
        schema = charger_table_schema(
            installation.names,
            values,
            most=most,
            labels=[draft.label for draft in self.chargers],
        )
        refusal = ACCEPTED
        if user_input is not None and not (
            refusal := numbers_refused(hass, schema, values)
        ):
            described = read_table(self.chargers, installation, values)
            if not isinstance(described, BrokenRow):
                self.chargers = described
                return await self._go_on()
            refusal = await row_refused(
                hass, CONF_CHARGERS, described.row, described.rule
            )
        return show_form(self._flow, "charger_table", schema, values, refusal)

    def rewire(self, wiring: tuple[Phase, ...]) -> None:
        """Propose another wiring for the one charger that is described."""
        [draft] = self.chargers
        settings = {**draft.settings, **rewired(draft.settings, wiring)}
        self.chargers = [replace(draft, settings=settings)]

    def misfit(self) -> str | None:
        """Return what became of a charger meanwhile, as an error: gone, or taken."""
        balanced = self._balanced()
        if any(is_among(self._flow.hass, d, balanced) for d in self.chargers):
            return "charger_taken"
        there = found_chargers(self._flow.hass)
        if self._changed is None and any(
            not draft.is_picked and draft.unique_id not in there
            for draft in self.chargers
        ):
            return "charger_gone"
        return None

    def _balanced(self) -> list[ChargerDraft]:
        """Return the other chargers."""
        return list(balanced_chargers(self._flow.hass, except_for=self._changed))


def _most(drafts: Iterable[ChargerDraft]) -> float:
    """Return the most that a charger of these can give, A."""
    return max(PROFILES[draft.identity[CONF_PROFILE]].max_current for draft in drafts)
