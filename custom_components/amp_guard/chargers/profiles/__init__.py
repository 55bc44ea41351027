"""The chargers that are known, one file each."""

from ..profile import ANY_ENTITIES, Profile

PROFILES: dict[str, Profile] = {
    name: Profile(name=name, domain=name) for name in ("peblar", "nrgkick")
}


def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles, the one with picked entities last."""
    return (*PROFILES, ANY_ENTITIES)
