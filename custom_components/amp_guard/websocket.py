"""The feed of the cards, over the connection that the frontend has already."""

from collections.abc import Collection
from functools import partial
from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .frontend import CARD, FEED, Message


@callback
def register_commands(hass: HomeAssistant) -> None:
    """Register what the frontend can ask for."""
    websocket_api.async_register_command(hass, _subscribe)


@websocket_command({"type": "amp_guard/subscribe"})
@callback
def _subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell of each supply whose entities the user may read, until unsubscribed."""

    @callback
    def send(message: Message) -> None:
        connection.send_event(msg["id"], message)

    connection.send_result(msg["id"])
    connection.subscriptions[msg["id"]] = hass.data[FEED].follow(
        send,
        partial(_may_read, connection),
        card=hass.data[CARD].version,
        time=dt_util.utcnow().timestamp(),
    )


def _may_read(connection: ActiveConnection, entity_ids: Collection[str]) -> bool:
    """Say whether the user may read all of them; of none nobody can say that."""
    permissions = connection.user.permissions
    if permissions.access_all_entities(POLICY_READ):
        return True
    may_read = (permissions.check_entity(each, POLICY_READ) for each in entity_ids)
    return bool(entity_ids) and all(may_read)
