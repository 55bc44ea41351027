"""The chargers that are known, a file for each."""

from ..profile import Profile
from .alfen import ALFEN
from .amina import AMINA
from .any_entities import ANY
from .besen import BESEN
from .chargeamps import CHARGEAMPS
from .easee import EASEE
from .goe import GOE
from .goe_mqtt import GOE_MQTT
from .keba import KEBA
from .lektrico import LEKTRICO
from .nrgkick import NRGKICK
from .ocpp import OCPP
from .openevse import OPENEVSE
from .peblar import PEBLAR
from .shelly import SHELLY
from .smartevse import SMARTEVSE
from .technove import TECHNOVE
from .tesla import TESLA_FLEET, TESLEMETRY, TESSIE
from .v2c import V2C
from .wallbox import WALLBOX
from .wattpilot import WATTPILOT
from .zaptec import ZAPTEC

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        CHARGEAMPS,
        OCPP,
        EASEE,
        ZAPTEC,
        GOE,
        GOE_MQTT,
        PEBLAR,
        NRGKICK,
        LEKTRICO,
        OPENEVSE,
        V2C,
        SHELLY,
        TECHNOVE,
        BESEN,
        ALFEN,
        WATTPILOT,
        WALLBOX,
        TESLA_FLEET,
        TESLEMETRY,
        TESSIE,
        KEBA,
        AMINA,
        SMARTEVSE,
        ANY,
    )
}


def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles, the one with picked entities last."""
    return tuple(PROFILES)
