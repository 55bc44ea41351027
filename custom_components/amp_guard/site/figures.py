"""Figures as they are written in the language of Home Assistant."""

from homeassistant.core import HomeAssistant

DECIMAL_COMMA = frozenset({"sv", "nb", "da", "fi", "de", "nl"})
"""The languages of the translations that have one."""


def figure(hass: HomeAssistant, value: float, form: str = "g") -> str:
    """Return a number for reading, by a format specification."""
    written = f"{value:{form}}"
    has_comma = hass.config.language.partition("-")[0] in DECIMAL_COMMA
    return written.replace(".", ",") if has_comma else written
