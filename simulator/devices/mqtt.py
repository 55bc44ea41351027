"""A device's connection to an MQTT broker, by the client library of Home Assistant's own.

The library has a thread of its own; what comes is handed to the event loop.
"""

import asyncio
from collections.abc import Callable

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

type Listener = Callable[[str, str], None]


class MqttConnection:
    """A connection that says that it is there, and has the broker say when it is not."""

    def __init__(
        self,
        availability_topic: str,
        listen_to: str,
        heard: Listener,
        *,
        online: str = "online",
        offline: str = "offline",
    ) -> None:
        """Prepare it: `heard(topic, payload)` is told what comes by `listen_to`."""
        self._availability_topic = availability_topic
        self._online, self._offline = online, offline
        self._listen_to = listen_to
        self._heard = heard
        self._client: Client | None = None

    async def open(self, host: str, port: int) -> None:
        """Connect to a broker; return when what is published from now on is heard of."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()

        def on_message(_client: Client, _data: object, message: MQTTMessage) -> None:
            payload = message.payload.decode()
            loop.call_soon_threadsafe(self._heard, message.topic, payload)

        def on_connect(client: Client, *_: object) -> None:
            client.subscribe(self._listen_to, qos=1)

        def on_subscribe(*_: object) -> None:
            loop.call_soon_threadsafe(ready.set)

        client = Client(CallbackAPIVersion.VERSION2)
        client.on_message = on_message
        client.on_subscribe = on_subscribe
        client.on_connect = on_connect
        client.will_set(self._availability_topic, self._offline, retain=True)
        await asyncio.to_thread(client.connect, host, port)
        client.loop_start()
        await ready.wait()
        self._client = client
        self.publish(self._availability_topic, self._online, retain=True)

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish, where it is connected."""
        if self._client is not None:
            self._client.publish(topic, payload, retain=retain)

    async def break_off(self) -> None:
        """Lose the connection: the broker says so for it."""
        client, self._client = self._client, None
        if client is not None and (sock := client.socket()) is not None:
            client.loop_stop()
            sock.close()
