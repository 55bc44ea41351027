"""Chargers: which they are, how each is wired and limited, and what of it works.

The same steps at set-up, where there may be several, and below an entry.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowHandler, FlowResult
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..chargers import (
    PROFILES,
    ChargerCheck,
    ChargerCommandError,
    ChargerDriver,
    FailSafe,
    OwnOfflineCurrent,
    Role,
    check_charger,
    set_own_offline_current,
)
from ..const import CONF_GROUP, CONF_PROFILE, CONF_STATES, CONF_WIRING, DOMAIN
from ..model import Phase
from ..site.reading import read_charger_config
from ..site.rules import Errors
from ..site.settings import rewired
from .charger_draft import (
    ChargerDraft,
    Installation,
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

WORKS, LATER, FAILS, UNTRIED = "✓", "○", "✗", "?"
STATE_ROLES = (Role.STATE, Role.CHARGING, Role.CONNECTED)
FALLS_BACK: Mapping[FailSafe | None, str] = {
    FailSafe.EXPIRING_LIMIT: WORKS,
    FailSafe.OWN_OFFLINE_LIMIT: LATER,
    FailSafe.NONE: FAILS,
    None: UNTRIED,
}


class ChargerSteps[R: FlowResult[Any, Any]]:
    """Describes chargers one after the other, then checks them.

    `described` are those whose steps are done, in their order.
    """

    def __init__(
        self,
        flow: FlowHandler[Any, R, Any],
        *,
        installation: Callable[[], Installation],
        check_options: Sequence[str],
        driver_of: Callable[[str], ChargerDriver | None] = lambda _: None,
    ) -> None:
        """Start without a charger.

        `installation` tells what they can be connected to. `check_options` are what can
        be done about those that were checked: names of the flow's steps; where one is
        changed, its phases can be found as well. `driver_of` returns who drives one
        that is balanced already.
        """
        self.described: list[ChargerDraft] = []
        self._waiting: list[ChargerDraft] = []
        self._changed: str | None = None
        self._flow = flow
        self._installation = installation
        self._check_options = check_options
        self._driver_of = driver_of
        self._own_offline: OwnOfflineCurrent

    def describe(
        self, chargers: Iterable[ChargerDraft], *, changed: str | None = None
    ) -> None:
        """Begin with new chargers, or with the one of a subentry that is `changed`."""
        self.described, self._waiting = [], list(chargers)
        self._changed = changed

    async def entities(self, user_input: dict[str, Any] | None = None) -> R:
        """Pick the entities of any other charger."""
        draft = next((d for d in self._waiting if d.is_picked), None)
        errors: Errors = {}
        if user_input is not None:
            charger = pick(self._flow.hass, user_input, draft)
            waiting = [d for d in self._waiting if d is not draft]
            errors = name_errors(user_input)
            if is_among(self._flow.hass, charger, [*self._balanced(), *waiting]):
                errors[Role.LIMIT.value] = "already_configured"
            if not errors:
                self._waiting = [*waiting, charger]
                return await self.states()
        return show_form(
            self._flow,
            "entities",
            ENTITIES_SCHEMA,
            user_input or picked(self._flow.hass, draft),
            errors,
        )

    async def states(self, user_input: dict[str, Any] | None = None) -> R:
        """Say what the words of the picked state mean, where they are not known."""
        *waiting, charger = self._waiting
        words = state_words(self._flow.hass, charger)
        errors: Errors = {}
        if user_input is not None:
            states = read_states(user_input)
            if len(states) == sum(map(len, user_input.values())):
                identity = {**charger.identity, CONF_STATES: states}
                self._waiting = [*waiting, replace(charger, identity=identity)]
                return await self.charger()
            errors = {"base": "state_twice"}
        elif not words:
            return await self.charger()
        return show_form(
            self._flow,
            "states",
            states_schema(words),
            user_input or words_by_status(charger.identity[CONF_STATES]),
            errors,
        )

    async def charger(self, user_input: dict[str, Any] | None = None) -> R:
        """Say how the next charger is wired and limited."""
        if not self._waiting:  # they are described once more
            self._waiting, self.described = self.described, []
        draft, *waiting = self._waiting
        installation = self._installation()
        if not installation.groups:
            return self._flow.async_abort(reason="no_group")
        errors: Errors = {}
        if user_input is not None:
            settings = {CONF_GROUP: next(iter(installation.groups)), **user_input}
            described = replace(draft, settings=settings)
            errors = installation.errors(described)
            if not errors:
                self._waiting = waiting
                self.described.append(described)
                return await (self.charger() if waiting else self.check())
        proposed = proposal(
            draft, installation, installation.chargers + len(self.described)
        )
        return show_form(
            self._flow,
            "charger",
            charger_schema(
                installation.names,
                wiring=proposed[CONF_WIRING],
                max_current=PROFILES[draft.identity[CONF_PROFILE]].max_current,
            ),
            user_input or proposed,
            errors,
            placeholders={"charger": draft.title},
        )

    async def check(self) -> R:
        """Show what was found to work, and ask what to do about it."""
        hass, changed = self._flow.hass, self._changed
        driver = None if changed is None else self._driver_of(changed)
        checks = [
            (
                draft.title,
                await check_charger(hass, read_charger_config(draft.data), driver),
            )
            for draft in self.described
        ]
        options = [*self._check_options]
        if changed is not None:
            [(_, check)] = checks
            options.append("find_phases")
            [draft], own = self.described, check.own_offline_current
            if own is not None and own != own.at(_offline_current(draft)):
                self._own_offline = own
                options.append("own_offline_current")
        return self._flow.async_show_menu(
            step_id="check",
            menu_options=options,
            description_placeholders={
                "chargers": table(_row(title, check) for title, check in checks),
                "reasons": "\n".join(
                    [
                        f"- {title}: {reason}"
                        for title, check in checks
                        for reason in await _reasons(hass, check)
                    ]
                ),
            },
        )

    async def own_offline_current(self, user_input: dict[str, Any] | None) -> R:
        """Write the offline limit into the charger itself, and read it back."""
        [draft] = self.described
        current = _offline_current(draft)
        wanted = self._own_offline.at(current)
        reported: str | None = str(self._own_offline)
        errors: Errors = {}
        if user_input is not None:
            try:
                reported = await set_own_offline_current(
                    self._flow.hass, read_charger_config(draft.data), wanted
                )
            except ChargerCommandError:
                errors = {"base": "own_offline_not_sent"}
            else:
                if reported == str(wanted):
                    return await self.check()
                errors = {"base": "own_offline_not_taken"}
        return self._flow.async_show_form(
            step_id="own_offline_current",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={
                "charger": draft.title,
                "current": f"{current:g}",
                "reported": str(self._own_offline),
                "wanted": str(wanted),
                "now": reported or "-",
            },
        )

    def rewire(self, wiring: tuple[Phase, ...]) -> None:
        """Propose another wiring for the one charger that is described."""
        [draft] = self.described
        settings = {**draft.settings, **rewired(draft.settings, wiring)}
        self.described = [replace(draft, settings=settings)]

    def are_free(self) -> bool:
        """Say whether none of the described was taken by somebody else meanwhile."""
        balanced = self._balanced()
        return not any(is_among(self._flow.hass, d, balanced) for d in self.described)

    def _balanced(self) -> list[ChargerDraft]:
        """Return the other chargers."""
        return list(balanced_chargers(self._flow.hass, except_for=self._changed))


def _offline_current(draft: ChargerDraft) -> float:
    return read_charger_config(draft.data).offline_current


def _row(title: str, check: ChargerCheck) -> tuple[str, ...]:
    """Return a charger's row in the table of what works."""
    reading = check.reading
    current = None
    if reading.current is not None:
        current = " / ".join(f"{amperes:.1f}" for amperes in reading.current) + " A"
    limit = None if reading.limit is None else f"{reading.limit:g} A"
    knows_current = current is not None
    state_comes = not check.knows_state and not check.later.isdisjoint(STATE_ROLES)
    current_comes = not knows_current and Role.CURRENT_L1 in check.later
    return (
        title,
        LATER if state_comes else _cell(check.state, works=check.knows_state),
        LATER if current_comes else _cell(current, works=knows_current),
        _cell(limit, works=check.is_settable),
        _cell(None, works=check.can_pause),
        FALLS_BACK[check.fail_safe],
    )


async def _reasons(hass: HomeAssistant, check: ChargerCheck) -> list[str]:
    """Return why it cannot be commanded, in Home Assistant's language."""
    if not check.refusals:
        return []
    texts = await async_get_translations(
        hass, hass.config.language, "exceptions", [DOMAIN]
    )
    return [
        texts[
            f"component.{DOMAIN}.exceptions.{refusal.translation_key}.message"
        ].format(**(refusal.translation_placeholders or {}))
        for refusal in check.refusals
    ]


def _cell(shown: str | None, *, works: bool | None) -> str:
    mark = UNTRIED if works is None else WORKS if works else FAILS
    return mark if shown is None else f"{mark} {shown}"
