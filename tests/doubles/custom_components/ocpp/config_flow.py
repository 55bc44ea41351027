"""Asks where to listen, and for whom."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol


class OcppConfigFlow(ConfigFlow, domain="ocpp"):
    """One central system with one charge point; its connectors are told here."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        if user_input is not None:
            return self.async_create_entry(title=user_input["cpid"], data=user_input)
        fields = {vol.Required(key): str for key in ("host", "port", "cpid")}
        fields[vol.Optional("connectors", default="1")] = str
        return self.async_show_form(step_id="user", data_schema=vol.Schema(fields))
