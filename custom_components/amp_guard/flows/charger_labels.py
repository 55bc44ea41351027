"""What tells chargers of the same kind apart: for who chooses, and for their names."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
import re
from urllib.parse import urlsplit

from homeassistant.const import CONF_HOST, CONF_IP_ADDRESS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr

from ..chargers import FoundCharger
from ..chargers.known_model import whole_device


@dataclass(frozen=True, kw_only=True, slots=True)
class Nameplate:
    """A charger's name, and what is known of where it is; "" where that is nothing."""

    name: str
    serial_number: str = ""
    area: str = ""
    address: str = ""

    @property
    def label(self) -> str:
        """All of it in a line."""
        told = (self.name, self.serial_number, self.area, self.address)
        return " · ".join(part for part in told if part)


def read_nameplate(hass: HomeAssistant, charger: FoundCharger) -> Nameplate:
    """Return what a charger that was found says of itself."""
    devices = dr.async_get(hass)
    device = devices.async_get(charger.device_id or "", include_child_devices=False)
    whole = whole_device(hass, charger.device_id)
    if device is None or whole is None:
        return Nameplate(name=charger.name)
    area = ar.async_get(hass).async_get_area(device.area_id or whole.area_id or "")
    return Nameplate(
        name=charger.name,
        serial_number=device.serial_number or whole.serial_number or "",
        area=area.name if area is not None else "",
        address=_address(hass, whole),
    )


def in_reading_order(label: str) -> list[tuple[bool, int, str]]:
    """Return what labels are sorted by: place 2 before place 10."""
    parts = re.split(r"(\d+)", label.casefold())
    return [(p.isdigit(), int(p) if p.isdigit() else 0, p) for p in parts]


def distinct_labels(nameplates: Iterable[Nameplate]) -> list[str]:
    """Return the labels, numbered where they are the same."""
    return _numbered([nameplate.label for nameplate in nameplates])


def distinct_names(
    nameplates: Iterable[Nameplate], taken: Collection[str]
) -> list[str]:
    """Return names that tell the chargers apart, also from the names that are `taken`.

    Where several have the same name, the area is added or, without one, the serial
    number; where that is not enough, both.
    """
    plates = list(nameplates)
    names = [plate.name for plate in plates]
    for added in (
        [plate.area or plate.serial_number for plate in plates],
        [plate.serial_number if plate.area else "" for plate in plates],
    ):
        times = Counter(names) + Counter(taken)
        names = [
            f"{name} {more}".strip() if times[name] > 1 else name
            for name, more in zip(names, added, strict=True)
        ]
    return _numbered(names, taken)


def _numbered(texts: Iterable[str], taken: Collection[str] = ()) -> list[str]:
    """Return the texts, with a number at each that was there before."""
    seen: set[str] = set(taken)
    return [_first_free(text, seen) for text in texts]


def _first_free(text: str, seen: set[str]) -> str:
    free = next(each for each in _with_numbers(text) if each not in seen)
    seen.add(free)
    return free


def _with_numbers(text: str) -> Iterator[str]:
    yield text
    number = 2
    while True:
        yield f"{text} {number}"
        number += 1


def _address(hass: HomeAssistant, device: dr.DeviceEntry) -> str:
    """Return where a device is on the network, as far as its integration tells."""
    if device.configuration_url and (
        host := urlsplit(device.configuration_url).hostname
    ):
        return host
    entry = hass.config_entries.async_get_entry(device.primary_config_entry or "")
    for key in (CONF_HOST, CONF_IP_ADDRESS):
        if entry is not None and isinstance(address := entry.data.get(key), str):
            return address
    return ""
