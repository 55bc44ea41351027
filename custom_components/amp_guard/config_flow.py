"""Set-up in the manual's words: the meter, the supply, its groups and their chargers.

Home Assistant's steps in plain sight, those to a meter in `flows/meter_steps.py`; what
they ask and keep is in `flows/`.
"""

from dataclasses import replace
from typing import Any, override

from homeassistant.config_entries import (
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.util.yaml import dump

from .const import (
    CONF_ACTIVE,
    CONF_ANOTHER,
    CONF_CHARGERS,
    CONF_GROUPS,
    CONF_PROCEED,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    SUBENTRY_OPERATOR,
    SUBENTRY_SOLAR,
    SUBENTRY_TARIFF,
    AmpGuardConfigEntry,
)
from .entities.support_response import support_response
from .flows import MeterChoice
from .flows.charger_check import check_chargers
from .flows.charger_draft import found_chargers
from .flows.charger_table import BrokenRow
from .flows.chargers import ChargerSteps
from .flows.forms import (
    ACCEPTED,
    Refusal,
    numbers_refused,
    row_refused,
    show_form,
    unfold,
)
from .flows.forms.charger import chargers_schema
from .flows.forms.site import PROCEED, activate_schema
from .flows.meter_reading import describe_reading
from .flows.meter_steps import MeterSteps
from .flows.plans import OperatorFlow, TariffFlow
from .flows.site_draft import SiteDraft
from .flows.solar import SolarFlow
from .flows.subentries import ChargerFlow, GroupFlow
from .flows.supply import SupplyOptionsFlow


class AmpGuardConfigFlow(MeterSteps, domain=DOMAIN):
    """From the meter to chargers that are balanced.

    Nothing is kept before the last step.
    """

    def __init__(self) -> None:
        """Start without a meter, a site and chargers."""
        super().__init__()
        self._site: SiteDraft
        self._chargers = ChargerSteps(
            self,
            installation=lambda: self._site.installation,
            go_on=self.async_step_activate,
        )

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: AmpGuardConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added below the supply."""
        return {
            SUBENTRY_GROUP: GroupFlow,
            SUBENTRY_CHARGER: ChargerFlow,
            SUBENTRY_SOLAR: SolarFlow,
            SUBENTRY_TARIFF: TariffFlow,
            SUBENTRY_OPERATOR: OperatorFlow,
        }

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: AmpGuardConfigEntry) -> OptionsFlow:
        """Return the flow that changes the supply."""
        return SupplyOptionsFlow()

    # --- what is told of it -----------------------------------------------------------

    async def async_step_support(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what to tell support."""
        told = await support_response(self.hass, self._get_reconfigure_entry())
        return self.async_show_menu(
            step_id="support",
            menu_options=["reconfigure"],
            description_placeholders={
                "told": f"```yaml\n{dump(told)}```",
                "diagnostics": told["diagnostics"],
            },
        )

    # --- the supply and its groups ----------------------------------------------------

    @override
    async def _begin_site(self, meter: MeterChoice) -> ConfigFlowResult:
        self._site = SiteDraft(meter=meter)
        return await self.async_step_supply()

    async def async_step_supply(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the meter reads, and ask for the main fuse."""
        schema, refusal = self._site.supply_schema, ACCEPTED
        if user_input is not None:
            self._site = replace(self._site, supply=unfold(user_input))
            refusal = numbers_refused(self.hass, schema, self._site.supply) or Refusal(
                errors=self._site.supply_errors()
            )
            if not refusal:
                return await self._begin_groups()
        return show_form(
            self,
            "supply",
            schema,
            self._site.proposed_supply,
            refusal,
            placeholders={
                "reading": await describe_reading(self.hass, self._site.meter)
            },
        )

    async def _begin_groups(self) -> ConfigFlowResult:
        """Ask for the groups, or go on with the one of a home: all that is fed."""
        if self._site.has_groups:
            return await self.async_step_groups()
        group = self._site.only_group(self.hass.config.location_name)
        self._site = replace(self._site, groups=(group,))
        return await self.async_step_chargers()

    async def async_step_groups(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the load-balancing groups, in one table."""
        schema, refusal = self._site.groups_schema, ACCEPTED
        values = user_input or {
            CONF_GROUPS: [{CONF_NAME: self.hass.config.location_name}]
        }
        if user_input is not None and not (
            refusal := numbers_refused(self.hass, schema, user_input)
        ):
            groups = self._site.read_groups(user_input[CONF_GROUPS])
            if isinstance(groups, BrokenRow):
                refusal = await row_refused(
                    self.hass, CONF_GROUPS, groups.row, groups.rule
                )
            elif not groups:
                refusal = Refusal(errors={CONF_GROUPS: "group_missing"})
            else:
                self._site = replace(self._site, groups=tuple(groups))
                return await self.async_step_chargers()
        return show_form(self, "groups", schema, values, refusal)

    # --- the chargers -----------------------------------------------------------------

    async def async_step_chargers(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Import chargers: those that are found, and another one."""
        if user_input is None:
            return self._show_chargers()
        found = found_chargers(self.hass)
        ticked = user_input.get(CONF_CHARGERS, [])
        if not found.keys() >= set(ticked):
            return self._show_chargers(Refusal(errors={CONF_CHARGERS: "charger_gone"}))
        self._chargers.choose(found[key] for key in ticked)
        if user_input[CONF_ANOTHER]:
            return await self._chargers.entities()
        return await self._chargers.settings()

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Pick the entities of any other charger."""
        return await self._chargers.entities(user_input)

    async def async_step_states(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what the words of the picked state mean."""
        return await self._chargers.states(user_input)

    async def async_step_charger(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say how the one charger is wired and limited."""
        return await self._chargers.charger(user_input)

    async def async_step_charger_table(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say how all chargers are wired and limited."""
        return await self._chargers.table(user_input)

    def _show_chargers(self, refusal: Refusal = ACCEPTED) -> ConfigFlowResult:
        labels = {key: draft.label for key, draft in found_chargers(self.hass).items()}
        return show_form(self, "chargers", chargers_schema(labels), None, refusal)

    # --- the begin --------------------------------------------------------------------

    async def async_step_activate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what will be limited to what, and what does not work; then begin."""
        if misfit := self._chargers.misfit():
            return self._show_chargers(Refusal(errors={"base": misfit}))
        if self._site.is_measured_elsewhere(self.hass):  # another set-up came first
            return self.async_abort(reason="already_configured")
        chargers = self._chargers.chargers
        begin, _, choose_again = PROCEED
        proceed = (user_input or {}).get(CONF_PROCEED, begin)
        if proceed == choose_again:
            return self._show_chargers()
        if user_input is None or proceed != begin:
            findings = await check_chargers(self.hass, chargers)
            return show_form(
                self,
                "activate",
                activate_schema(all_works=not findings.can_be_mended),
                user_input and {CONF_ACTIVE: user_input[CONF_ACTIVE]},
                placeholders={
                    "findings": findings.text,
                    **await self._site.outlook(self.hass, chargers),
                },
                last_step=True,
            )
        return self.async_create_entry(
            title=self._site.meter.title,
            data=self._site.data,
            options=self._site.options,
            subentries=self._site.subentries(chargers, active=user_input[CONF_ACTIVE]),
        )
