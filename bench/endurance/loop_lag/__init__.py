"""An integration that notes how late Home Assistant's loop is, and tells when asked."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.typing import ConfigType

from .probe import Probe

DOMAIN = "loop_lag"


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Look from the first time that it is asked."""
    probes: list[Probe] = []

    @callback
    def begin(_call: ServiceCall) -> None:
        """Begin to look."""
        probes.append(Probe())

    @callback
    def tell(_call: ServiceCall) -> ServiceResponse:
        """Return what was seen, ms."""
        return {name: {**shares} for name, shares in probes[-1].figures().items()}

    hass.services.async_register(DOMAIN, "begin", begin)
    hass.services.async_register(
        DOMAIN, "tell", tell, supports_response=SupportsResponse.ONLY
    )
    return True
