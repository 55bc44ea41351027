"""An integration that keeps Home Assistant's loop busy, as a bad one does."""

import time

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers.typing import ConfigType

DOMAIN = "loop_blocker"


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the action."""

    @callback
    def block(call: ServiceCall) -> None:
        """Compute for so many s; `time.sleep` would be refused."""
        ends = time.monotonic() + call.data["seconds"]
        while time.monotonic() < ends:
            pass

    hass.services.async_register(DOMAIN, "block", block)
    return True
