"""Asks for the account, and where its cloud is: a simulated one."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol

FIELDS = ("url", "email", "password", "api_key")


class ChargeAmpsConfigFlow(ConfigFlow, domain="chargeamps"):
    """One account."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        if user_input is not None:
            return self.async_create_entry(title="Charge Amps", data=user_input)
        fields = {vol.Required(key): str for key in FIELDS}
        return self.async_show_form(step_id="user", data_schema=vol.Schema(fields))
