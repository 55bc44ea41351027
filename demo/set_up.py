"""All that an owner does on the first evening, once Home Assistant is there.

Add each charger by its own integration, then the meter, the main fuse and the chargers
behind it, and activate them; make a dashboard.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .browser import Browser, Flow
from .entities import find_entities
from .pages import fill_energy_pages, make_dashboard

type SetUp = Callable[[Browser, Mapping[str, Any], float], Awaitable[None]]
"""What an owner does with a new Home Assistant, the site's devices and main fuse."""

OFFLINE_MAX_CURRENT = 12.0
"""A per phase while the meter is away: the least for two cars, 6 A each."""


async def set_up(
    browser: Browser, devices: Mapping[str, Any], supply_max_current: float
) -> None:
    """Set the site's `devices` up, as its judge describes them, and balance them.

    Raises `RefusedError` where Home Assistant does not take something.
    """
    wirings = await add_chargers(browser, devices)
    entry_id = await _add_amp_guard(
        browser, devices["amp_guard"], supply_max_current, wirings
    )
    entities = await find_entities(browser, entry_id)
    await make_dashboard(browser)
    await fill_energy_pages(browser, entities)


async def add_chargers(
    browser: Browser, devices: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Add each charger by its own integration; return their wirings by device."""
    return {
        await _add_charger_integration(browser, charger): charger["wiring"]
        for charger in devices["chargers"]
    }


async def _add_charger_integration(browser: Browser, charger: Mapping[str, Any]) -> str:
    """Add a charger by its own integration; return its device."""
    flow = await browser.add_integration(charger["integration"])
    await flow.fill_in(**charger["flow_input"])
    entry_id = flow.created["result"]["entry_id"]
    [device] = [
        device
        for device in await browser.command("config/device_registry/list")
        if entry_id in device["config_entries"]
    ]
    await browser.command(
        "config/device_registry/update",
        device_id=device["id"],
        name_by_user=f"{device['name']} {charger['id']}",
    )
    return str(device["id"])


async def _add_amp_guard(
    browser: Browser,
    meter: Mapping[str, str],
    supply_max_current: float,
    wirings: Mapping[str, list[str]],
) -> str:
    """Add the meter and all below it; return their entry."""
    flow = await browser.add_integration("amp_guard")
    await flow.choose("address")
    await flow.fill_in(host=meter["host"], pin=meter["pin"])
    return await add_site(flow, supply_max_current, wirings)


async def add_site(
    flow: Flow, supply_max_current: float, wirings: Mapping[str, list[str]]
) -> str:
    """Add the main fuse and the chargers behind it; return the entry.

    The `flow` has the meter already. `wirings` says by device which phases of the
    supply a charger is wired to.
    """
    await flow.fill_in(
        supply_max_current=supply_max_current,
        fuse_type="gg",
        max_current_offline=OFFLINE_MAX_CURRENT,
    )
    found = {key.rpartition("_")[0]: key for key in flow.options("chargers")}
    labels = flow.options("chargers")
    await flow.fill_in(chargers=[found[device] for device in wirings])
    orders = {
        labels[found[device]]: ",".join(phase.removeprefix("L") for phase in wiring)
        for device, wiring in wirings.items()
    }
    if len(orders) == 1:
        await flow.fill_in(wiring=next(iter(orders.values())))
    else:
        rows = flow.proposed("chargers")
        await flow.fill_in(
            chargers=[row | {"wiring": orders[row["charger"]]} for row in rows]
        )
    await flow.fill_in(active=True)
    return str(flow.created["result"]["entry_id"])
