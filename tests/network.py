"""Networks of a test's own: a home, and a new Amp Guard in it."""

from demo.network import Namespace


class Neighbourhood:
    """A home and a new Amp Guard in it, each a network of its own with two links.

    `wifi` is the device's own Wi-Fi, which the home's Home Assistant has joined; `lan`
    is the property's network, on which the device has no address yet.
    """

    HOME_HOST = "192.168.77.10"
    METER_HOST = "192.168.77.20"

    def __init__(self) -> None:
        self.home, self.device = Namespace(), Namespace()
        for link in ("wifi", "lan"):
            self.home.connect(link, self.device, link)
            self.home.ip(f"link set {link} up")
            self.device.ip(f"link set {link} up")
        self.home.ip("address add 192.168.251.2/24 dev wifi")
        self.device.ip("address add 192.168.251.1/24 dev wifi")
        self.home.ip(f"address add {self.HOME_HOST}/27 dev lan")
        self.home.ip("route add default dev lan")

    def leave_wifi(self) -> None:
        """The device's own Wi-Fi is gone."""
        self.device.ip("link set wifi down")

    def join_lan(self, host: str, mac: str = "02:00:00:00:00:01") -> None:
        """The device has an address on the property's network."""
        self.device.ip(f"link set lan address {mac}")
        self.device.ip(f"address add {host}/27 dev lan")
        self.device.ip("route replace default dev lan")

    def leave_lan(self) -> None:
        """It has none."""
        self.device.ip("address flush dev lan")

    def close(self) -> None:
        self.home.close()
        self.device.close()
