"""How often properties are tried: some times on the same examples, or many on others."""

from hypothesis import settings

MORE = 30
"""Times as many examples in the thorough profile."""


def is_thorough() -> bool:
    return settings.get_current_profile_name() == "thorough"


def examples(number: int, *, thorough: int | None = None) -> settings:
    """Return the settings of a property that is tried on so many examples."""
    many = number * MORE if thorough is None else thorough
    return settings(max_examples=many if is_thorough() else number)
