"""A circuit whose limit is set as one, and the chargers on it that are driven."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one charger is to have of its circuit, A; for s, where that ends."""

    device_id: str | None
    current: float
    offline_current: float
    valid_for: float | None = None


class Circuit:
    """The chargers that are driven on one circuit, by their ids.

    `told` is what it was told last, A, None where something else may be stored.
    """

    def __init__(self) -> None:
        """Start without any."""
        self.shares: dict[str, Share] = {}
        self.told: float | None = None

    @property
    def current(self) -> float:
        """What all of them are to have together, A."""
        return sum(share.current for share in self.shares.values())

    @property
    def offline_current(self) -> float:
        """What all of them use by themselves, A."""
        return sum(share.offline_current for share in self.shares.values())

    @property
    def valid_for(self) -> float | None:
        """For how long s that may stand: one that ends ends it for all."""
        times = [share.valid_for for share in self.shares.values()]
        return min((time for time in times if time is not None), default=None)

    def drives_all(self, device_ids: set[str | None]) -> bool:
        """Whether all of these chargers are driven."""
        return device_ids <= {share.device_id for share in self.shares.values()}

    def to_tell(self, step: float, least: float) -> list[float]:
        """Return what is sent, A, one after the other, so that a limit is not dropped.

        An integration drops what is equal to what is stored, with its time: what is
        repeated differs by a step, and before the first something is told that does.
        """
        current, before = self.current, self.told
        lower = current - step
        if lower < least:
            told = [current]
        elif before is None:
            told = [lower, current]
        else:
            told = [lower if current == before else current]
        self.told = told[-1]
        return told


CIRCUITS: HassKey[dict[str, Circuit]] = HassKey(f"{DOMAIN}_circuits")


def circuit_named(hass: HomeAssistant, name: str) -> Circuit:
    """Return the circuit of that name: the same for all chargers on it."""
    return hass.data.setdefault(CIRCUITS, {}).setdefault(name, Circuit())
