"""What the site's figures must be for the evening to have gone well."""

from collections.abc import Mapping
from typing import Any

LONGEST_OVERLOAD = 6.0
"""s above the main fuse at a stretch: a sample, a command and the car's 5 s."""


def complaints(figures: Mapping[str, Any]) -> list[str]:
    """Return what went wrong at the site, nothing where all went well."""
    found = []
    if figures["fuse"]["trips"]:
        found.append("the main fuse has blown")
    if (longest := figures["overload"]["longest"]) > LONGEST_OVERLOAD:
        found.append(
            f"the main fuse was overloaded for {longest:.1f} s at a stretch,"
            f" more than {LONGEST_OVERLOAD:.0f} s"
        )
    found += [
        f"{name} was not charged"
        for name, car in figures["cars"].items()
        if not car["energy_kwh"]
    ]
    if not figures["cars"]:
        found.append("no car came")
    return found
