"""Perific/Enegic's Open Reporter, as their service speaks to it."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
import json
import logging
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    async_get_persistent_notifications,
)

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.flows import open_reporter as open_reporter_steps
from custom_components.amp_guard.meters.open_reporter import TOKEN_LIFETIME
from custom_components.amp_guard.model import SUPPLY_ID

from .helpers import (
    GROUPS_INPUT,
    NO_CHARGERS,
    SET_UP_INPUT,
    Clock,
    becomes,
    entity_id,
    go_on,
    log_levels,
    start_flow,
)

EXAMPLE = """{
  "meters": [
    {
      "l1": 16.1,
      "l2": 16.2,
      "l3": 16.3,
      "fuse": 25,
      "type": "consumption",
      "online": true,
      "monitorid": 1110987654321,
      "lastupdate": "2023-03-21T15:58:50Z"
    }
  ],
  "timestamp": "2023-03-21T15:58:52.26492Z",
  "calculated": {
    "direct": { "l1": 16.1, "l2": 16.2, "l3": 16.3 },
    "relative": { "l1": 8.9, "l2": 8.8, "l3": 8.7 }
  },
  "externalid": "abcdefg123456",
  "reporterid": 1234567891011,
  "meterstatus": "online",
  "calculationmode": "openloop",
  "protocolversion": "010"
}
"""
"""updatePacketExample.json of the maker's example repository, to the letter."""


class Service:
    """Perific's side: two addresses, a user name and a password."""

    def __init__(self, client: TestClient, shown: dict[str, str]) -> None:
        self.client = client
        self.token_path = "/api/" + shown["token_url"].split("/api/")[1]
        self.update_path = "/api/" + shown["update_url"].split("/api/")[1]
        self.login = {"username": shown["username"], "password": shown["password"]}

    async def fetch_token(self, **changes: Any) -> tuple[int, str | None]:
        body = json.dumps(self.login | changes)
        async with self.client.post(self.token_path, data=body) as answer:
            if answer.status != 200:
                return answer.status, None
            document = await answer.json()
        assert document.keys() == {"token"}
        return answer.status, document["token"]

    async def post(self, body: str | dict, token: str | None) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        text = body if isinstance(body, str) else json.dumps(body)
        async with self.client.post(
            self.update_path, data=text, headers=headers
        ) as answer:
            if answer.status == 200:
                assert await answer.json() == {"success": True}
            return answer.status


@pytest.fixture
async def added(
    hass: HomeAssistant, hass_client_no_auth: Any
) -> tuple[ConfigEntry, Service]:
    result = await go_on(hass, await start_flow(hass), "open_reporter")
    shown = result["description_placeholders"]
    result = await go_on(
        hass,
        result,
        {},
        SET_UP_INPUT,
        GROUPS_INPUT,
        NO_CHARGERS,
        {"active": True},
    )
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    return result["result"], Service(await hass_client_no_auth(), shown)


@pytest.fixture
def entry(added: tuple[ConfigEntry, Service]) -> ConfigEntry:
    return added[0]


@pytest.fixture
def service(added: tuple[ConfigEntry, Service]) -> Service:
    return added[1]


def moment(second: float) -> str:
    """Return a moment by the reporter's clock, which need not be right."""
    time = datetime(2023, 3, 21, 15, 59, tzinfo=UTC) + timedelta(seconds=second)
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-1] + "Z"


def packet(second: float = 0, *current: float, **changes: Any) -> dict:
    """Return a report that was sent at a second, of what was measured just before."""
    document = json.loads(EXAMPLE)
    document["timestamp"] = moment(second)
    document["meters"][0]["lastupdate"] = moment(second - 0.1)
    if current:
        direct = dict(zip(("l1", "l2", "l3"), current, strict=True))
        document["calculated"]["direct"] = direct
    return document | changes


def age(hass: HomeAssistant, entry: ConfigEntry) -> float:
    """Return how old the newest sample is, s."""
    return hass.loop.time() - entry.runtime_data.meters.samples[SUPPLY_ID].time


def sample(entry: ConfigEntry) -> tuple[float, ...] | None:
    taken = entry.runtime_data.meters.samples.get(SUPPLY_ID)
    return None if taken is None else tuple(taken.current)


async def test_the_published_example_to_the_letter(
    hass: HomeAssistant, entry: ConfigEntry, service: Service
) -> None:
    status, token = await service.fetch_token()
    assert status == 200
    assert await service.post(EXAMPLE, token) == 200
    assert sample(entry) == (16.1, 16.2, 16.3)
    for phase, amps in (("l1", "16.1"), ("l2", "16.2"), ("l3", "16.3")):
        sensor = entity_id(hass, "sensor", entry.unique_id, f"current_{phase}")
        await becomes(hass, sensor, amps)


async def test_nothing_secret_is_stored(entry: ConfigEntry, service: Service) -> None:
    assert service.login["password"] not in str(entry.as_dict())
    assert len(service.login["password"]) >= 24


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"password": "wrong"}, 401),
        ({"username": "somebody"}, 401),
        ({"username": "\ud800"}, 401),
        ({"username": None}, 400),
        ({"password": 1}, 400),
    ],
)
async def test_who_does_not_know_the_password_gets_no_token(
    hass: HomeAssistant, service: Service, changes: dict[str, Any], status: int
) -> None:
    assert await service.fetch_token(**changes) == (status, None)
    assert bool(async_get_persistent_notifications(hass)) == (status == 401)


@pytest.mark.parametrize("body", ["", "[]", "rubbish", "[" * 9999, "x" * 100_000])
async def test_rubbish_gets_no_token(service: Service, body: str) -> None:
    async with service.client.post(service.token_path, data=body) as answer:
        assert answer.status == 400


async def test_a_token_expires_and_others_are_refused(
    entry: ConfigEntry, service: Service, clock: Clock
) -> None:
    assert await service.post(packet(1), None) == 401
    assert await service.post(packet(1), "") == 401
    assert await service.post(packet(1), "somebody's") == 401
    assert sample(entry) is None
    _, token = await service.fetch_token()
    assert await service.post(packet(1), token) == 200
    clock.advance(TOKEN_LIFETIME - 60)
    assert await service.post(packet(2), token) == 200
    clock.advance(120)
    assert await service.post(packet(3), token) == 401
    _, token = await service.fetch_token()
    assert await service.post(packet(3), token) == 200


async def test_a_removed_entry_accepts_nothing(
    hass: HomeAssistant, entry: ConfigEntry, service: Service
) -> None:
    _, token = await service.fetch_token()
    await hass.config_entries.async_remove(entry.entry_id)
    assert await service.post(packet(1), token) == 401
    assert await service.fetch_token() == (401, None)
    # The maker's service goes on for ever: it is no stranger that tries to log in.
    assert not async_get_persistent_notifications(hass)


async def test_an_address_is_shown_though_none_is_known(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> str:
        raise NoURLAvailableError

    monkeypatch.setattr(open_reporter_steps, "get_url", unknown)
    result = await go_on(hass, await start_flow(hass), "open_reporter")
    token_url = result["description_placeholders"]["token_url"]
    assert token_url.startswith("http://homeassistant.local:8123/")


async def test_new_credentials_make_the_old_ones_worthless(
    hass: HomeAssistant, entry: ConfigEntry, service: Service
) -> None:
    _, token = await service.fetch_token()
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    result = await go_on(hass, menu, "same_meter")
    shown = result["description_placeholders"]
    result = await go_on(hass, result, {})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert await service.fetch_token() == (401, None)
    assert await service.post(packet(1), token) == 401
    service.login = {"username": shown["username"], "password": shown["password"]}
    assert (await service.fetch_token())[0] == 200


def wrong(path: str, value: Any) -> dict:
    document = packet(30)
    node = document
    *above, last = (int(k) if k.isdigit() else k for k in path.split("."))
    for key in above:
        node = node[key]
    if value is KeyError:
        del node[last]
    else:
        node[last] = value
    return document


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("protocolversion", ["011", 10, KeyError]),
        ("calculationmode", ["closedloop", None]),
        ("meterstatus", ["sleepy", []]),
        ("externalid", [1, KeyError]),
        ("reporterid", ["1234567891011", 5, 12345678910111, True]),
        ("timestamp", ["yesterday", "2023-03-21T15:58:52", 20230321, KeyError]),
        ("calculated", ["none", KeyError]),
        ("calculated.direct", [None, KeyError]),
        ("calculated.direct.l2", [KeyError, "16", None, True, 10**400, float("nan")]),
        ("calculated.relative", ["none", KeyError]),
        ("calculated.relative.l1", ["8.9"]),
        ("meters", [{}, KeyError]),
        ("meters.0", [1]),
        ("meters.0.online", ["yes", 1]),
        ("meters.0.type", ["banana", []]),
        ("meters.0.fuse", ["25", KeyError]),
        ("meters.0.l1", ["16.1", None]),
        ("meters.0.monitorid", ["1110987654321", 5]),
        ("meters.0.lastupdate", ["yesterday", "2023-03-21T15:58:52", None]),
    ],
)
async def test_what_is_wrong_is_refused_and_named(
    entry: ConfigEntry, service: Service, field: str, values: list[Any]
) -> None:
    _, token = await service.fetch_token()
    headers = {"Authorization": f"Bearer {token}"}
    for value in values:
        body = json.dumps(wrong(field, value))
        async with service.client.post(
            service.update_path, data=body, headers=headers
        ) as answer:
            assert answer.status == 400, value
            assert (await answer.json())["message"].startswith(f"{field}: ")
    assert sample(entry) is None
    assert entry.runtime_data.meters.rejected_samples[SUPPLY_ID] == len(values)


@pytest.mark.parametrize("body", ["[]", "1", "rubbish", "[" * 9999, "x" * 100_000])
async def test_what_is_no_report_is_refused(
    entry: ConfigEntry, service: Service, body: str
) -> None:
    _, token = await service.fetch_token()
    assert await service.post(body, token) == 400
    assert sample(entry) is None


async def test_what_is_not_known_is_let_pass(
    entry: ConfigEntry, service: Service
) -> None:
    document = packet(1, 1.0, 2.0, 3.0, weather="fine")
    document["meters"][0]["l4"] = 4.0
    document["calculated"]["direct"]["n"] = 0.0
    _, token = await service.fetch_token()
    assert await service.post(document, token) == 200
    assert sample(entry) == (1.0, 2.0, 3.0)


async def test_a_sum_without_all_meters_is_not_used(
    hass: HomeAssistant, entry: ConfigEntry, service: Service
) -> None:
    connectivity = entity_id(hass, "binary_sensor", entry.unique_id, "connectivity")
    _, token = await service.fetch_token()
    assert await service.post(packet(1, 9.0, 9.0, 9.0), token) == 200
    await becomes(hass, connectivity, "on")
    one_off = packet(3, 1.0, 1.0, 1.0)
    one_off["meters"].append(deepcopy(one_off["meters"][0]) | {"online": False})
    for document in (packet(2, 1.0, 1.0, 1.0, meterstatus="partial"), one_off):
        assert await service.post(document, token) == 200
        assert sample(entry) == (9.0, 9.0, 9.0)
        await becomes(hass, connectivity, "off")
    assert await service.post(packet(4, 8.0, 8.0, 8.0), token) == 200
    await becomes(hass, connectivity, "on")
    assert sample(entry) == (8.0, 8.0, 8.0)


async def test_reports_out_of_order_are_left(
    entry: ConfigEntry, service: Service
) -> None:
    _, token = await service.fetch_token()
    for second, amps in ((5, 5.0), (5, 6.0), (4, 4.0)):
        assert await service.post(packet(second, amps, amps, amps), token) == 200
    assert sample(entry) == (5.0, 5.0, 5.0)


async def test_a_late_report_of_a_meter_that_was_offline_is_left(
    hass: HomeAssistant, entry: ConfigEntry, service: Service
) -> None:
    _, token = await service.fetch_token()
    assert await service.post(packet(30, 5.0, 5.0, 5.0), token) == 200
    assert await service.post(packet(10, meterstatus="partial"), token) == 200
    await hass.async_block_till_done()
    connectivity = entity_id(hass, "binary_sensor", entry.unique_id, "connectivity")
    assert hass.states.get(connectivity).state == "on"


async def test_a_report_that_was_held_up_shows_its_age(
    hass: HomeAssistant, entry: ConfigEntry, service: Service, clock: Clock
) -> None:
    _, token = await service.fetch_token()
    await service.post(packet(0), token)
    clock.advance(30.0)  # while the reporter's clock goes on by 10 s
    await service.post(packet(10), token)
    assert age(hass, entry) == pytest.approx(20.0, abs=0.5)


async def test_a_new_report_of_an_old_measurement_shows_its_age(
    hass: HomeAssistant, entry: ConfigEntry, service: Service, clock: Clock
) -> None:
    """The sum of several meters is as old as the one that was not heard for longest."""
    _, token = await service.fetch_token()
    assert await service.post(packet(0), token) == 200
    clock.advance(10.0)
    report = packet(10)
    old = {"type": "production", "lastupdate": moment(-600)}
    report["meters"].append(report["meters"][0] | old)
    assert await service.post(report, token) == 200
    assert age(hass, entry) == pytest.approx(610.0, abs=0.5)


async def test_one_report_of_the_future_does_not_end_all_others(
    entry: ConfigEntry, service: Service, clock: Clock
) -> None:
    _, token = await service.fetch_token()
    assert await service.post(packet(0, 5.0, 5.0, 5.0), token) == 200
    years = 12 * 365 * 86400
    assert await service.post(packet(years, 6.0, 6.0, 6.0), token) == 400
    assert entry.runtime_data.meters.rejected_samples[SUPPLY_ID] == 1
    clock.advance(10.0)
    assert await service.post(packet(10, 7.0, 7.0, 7.0), token) == 200
    assert sample(entry) == (7.0, 7.0, 7.0)


async def test_a_clock_that_is_set_back_is_followed(
    hass: HomeAssistant, entry: ConfigEntry, service: Service, clock: Clock
) -> None:
    """By two minutes; it goes on to report each 10 s."""
    _, token = await service.fetch_token()
    for second in range(0, 60, 10):
        assert await service.post(packet(second, 5.0, 5.0, 5.0), token) == 200
        clock.advance(10.0)
    for second in (-60, -50, -40):
        assert await service.post(packet(second, 7.0, 7.0, 7.0), token) == 200
        clock.advance(10.0)
    assert sample(entry) == (7.0, 7.0, 7.0)
    assert age(hass, entry) == pytest.approx(10.0, abs=0.5)


async def test_a_slow_reporter_does_not_come_and_go(
    hass: HomeAssistant, entry: ConfigEntry, service: Service, clock: Clock
) -> None:
    connectivity = entity_id(hass, "binary_sensor", entry.unique_id, "connectivity")
    written = async_capture_events(hass, EVENT_STATE_CHANGED)
    _, token = await service.fetch_token()
    for second in range(0, 600, 61):
        assert await service.post(packet(second), token) == 200
        await becomes(hass, connectivity, "on")
        if second == 61:  # from now on it is known to be slow
            written.clear()
        clock.advance(61.0)
        await hass.async_block_till_done()
    assert connectivity not in [event.data["entity_id"] for event in written]
    clock.advance(130.0)
    await becomes(hass, connectivity, "off")


async def test_a_silent_reporter_is_gone(
    hass: HomeAssistant,
    entry: ConfigEntry,
    service: Service,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connectivity = entity_id(hass, "binary_sensor", entry.unique_id, "connectivity")
    current = entity_id(hass, "sensor", entry.unique_id, "current_l1")
    _, token = await service.fetch_token()
    await service.post(packet(1, 5.0, 5.0, 5.0), token)
    await becomes(hass, current, "5.0")
    caplog.clear()
    clock.advance(31.0)
    await becomes(hass, current, STATE_UNAVAILABLE)
    clock.advance(30.0)
    await becomes(hass, connectivity, "off")
    assert log_levels(caplog) == [logging.WARNING]
    await service.post(packet(62, 6.0, 6.0, 6.0), token)
    await becomes(hass, current, "6.0")
    assert log_levels(caplog) == [logging.WARNING, logging.INFO]
