"""What Home Assistant hears of a meter, and what a user sees of a flow that goes on."""

import asyncio
from ipaddress import ip_address

from homeassistant.config_entries import SOURCE_ZEROCONF
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from custom_components.amp_guard.const import DOMAIN
from simulator.devices.announcement import SERVICE_TYPE
from tests.integration.helpers import PATIENCE, SERIAL
from tests.network import Neighbourhood


async def goes_on_to(hass: HomeAssistant, flow_id: str, step: str) -> dict:
    """Look, as the frontend does, each time the flow has gone on."""
    gone_on = asyncio.Event()

    @callback
    def note(event: Event) -> None:
        if event.data["flow_id"] == flow_id:
            gone_on.set()

    stop_listening = hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, note)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                result = await hass.config_entries.flow.async_configure(flow_id)
                if result["type"] != "progress":
                    break
                await gone_on.wait()
                gone_on.clear()
    finally:
        stop_listening()
    assert result["step_id"] == step, result
    return result


async def announced(
    hass: HomeAssistant, host: str = Neighbourhood.METER_HOST, port: int | None = 80
) -> dict:
    """Let Home Assistant hear of a meter by mDNS."""
    address = ip_address(host)
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_ZEROCONF},
        data=ZeroconfServiceInfo(
            ip_address=address,
            ip_addresses=[address],
            port=port,
            hostname="amp-guard-2210012345g.local.",
            type=SERVICE_TYPE,
            name=f"Amp Guard {SERIAL}.{SERVICE_TYPE}",
            properties={"serial": SERIAL, "variant": "home", "contract": "2"},
        ),
    )
