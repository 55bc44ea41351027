"""Asks for the account, and where its cloud is: a simulated one."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol


class EaseeConfigFlow(ConfigFlow, domain="easee"):
    """One account."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        if user_input is not None:
            return self.async_create_entry(title="Easee", data=user_input)
        fields = {vol.Required(key): str for key in ("url", "username", "password")}
        return self.async_show_form(step_id="user", data_schema=vol.Schema(fields))
