"""Chargers of one kind are told apart by what is known of each."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.chargers import FoundCharger
from custom_components.amp_guard.flows.charger_labels import (
    Nameplate,
    distinct_labels,
    distinct_names,
    in_reading_order,
    read_nameplate,
)
from custom_components.amp_guard.site.figures import figure


def plates(*known: tuple[str, str, str]) -> list[Nameplate]:
    return [
        Nameplate(name=name, serial_number=serial, area=area)
        for name, serial, area in known
    ]


@pytest.mark.parametrize(
    ("known", "taken", "names"),
    [
        ([("Halo", "1", "Yard")], [], ["Halo"]),
        ([("Halo", "1", "Yard")], ["Halo"], ["Halo Yard"]),
        ([("Halo", "1", "A"), ("Halo", "2", "B")], [], ["Halo A", "Halo B"]),
        ([("Halo", "1", "A"), ("Halo", "2", "A")], [], ["Halo A 1", "Halo A 2"]),
        ([("Halo", "1", ""), ("Halo", "", "")], [], ["Halo 1", "Halo"]),
        ([("Halo", "", "")] * 3, [], ["Halo", "Halo 2", "Halo 3"]),
        ([("Halo", "", "")] * 2, ["Halo", "Halo 2"], ["Halo 3", "Halo 4"]),
    ],
)
def test_names_tell_them_apart(known: list, taken: list, names: list) -> None:
    assert distinct_names(plates(*known), taken) == names


def test_labels_that_are_the_same_are_numbered() -> None:
    same = plates(*[("Halo", "", "Yard")] * 2)
    assert distinct_labels(same) == ["Halo · Yard", "Halo · Yard 2"]


def test_place_two_comes_before_place_ten() -> None:
    labels = ["Place 10", "place 2", "Annex 3", "Place 1"]
    assert sorted(labels, key=in_reading_order) == [
        "Annex 3",
        "Place 1",
        "place 2",
        "Place 10",
    ]


async def test_where_a_charger_is_on_the_network(hass: HomeAssistant) -> None:
    """Its own page tells it, else what its integration was given."""
    entry = MockConfigEntry(domain="peblar", data={"host": "192.168.1.9"})
    entry.add_to_hass(hass)
    devices = dr.async_get(hass)
    device = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("peblar", "one")}, model="Home"
    )
    found = FoundCharger(device_id=device.id, name="Peblar", profile="peblar")
    assert read_nameplate(hass, found).label == "Peblar · 192.168.1.9"
    devices.async_update_device(device.id, configuration_url="http://charger.local/")
    assert read_nameplate(hass, found).label == "Peblar · charger.local"
    alone = FoundCharger(device_id=None, name="Yaml", profile="keba")
    assert read_nameplate(hass, alone).label == "Yaml"


@pytest.mark.parametrize(
    ("language", "written"), [("en", "6.5"), ("sv", "6,5"), ("de-CH", "6,5")]
)
async def test_a_figure_has_the_languages_decimal_sign(
    hass: HomeAssistant, language: str, written: str
) -> None:
    hass.config.language = language
    assert figure(hass, 6.5) == written
    assert figure(hass, 16.0) == "16"
