"""Between Home Assistant and one charger: its integration, the way there, its manners."""

from dataclasses import dataclass, replace

from custom_components.amp_guard.chargers.attempt import Order, Outcome
from custom_components.amp_guard.model import ChargerReading, ChargerStatus, PhaseValues
from simulator.charger import ChargerModel

from .agenda import Agenda
from .kinds import ChargerFault

ANSWERS_AFTER = 0.3
"""s from a command to its answer ..."""
LANDS_AFTER = 0.1
"""... and until it has arrived."""
TIMEOUT = 10.0
"""s after which an integration gives up."""
LATE = 8.0
"""s that a late one takes ..."""
HANGS = 60.0
"""... and one that hangs, before it fails."""
FOUND_OUT_AFTER = 10.0
READS_IN = 0.2
"""s that a fresh reading takes."""
REPORT_INTERVAL = 30.0
"""s within which one reports while it charges, as most profiles have it ..."""
MISSED_REPORTS = 3
"""... and so many of them missed say that what it draws is not known, as the driver
has it."""
SETTLES = 2 * REPORT_INTERVAL
"""s after a command for which it may show what was before."""

MUTE = {ChargerFault.CUT_OFF, ChargerFault.REPORTS_LOST, ChargerFault.REBOOTING}
"""While it has one of these nothing is heard of it."""
DEAF = {
    ChargerFault.CUT_OFF,
    ChargerFault.COMMANDS_LOST,
    ChargerFault.REBOOTING,
    ChargerFault.REFUSING,
    ChargerFault.HANGING,
    ChargerFault.LIES_OF_LIMIT,
}
"""While it has one of these no command is carried out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How an integration reads: each `interval` s, or pushed where that is None.

    `reports_current` and `expires` say what its charger can.
    """

    interval: float | None
    reports_current: bool
    expires: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """When a command is answered and how; whether it lands, s."""

    ends_after: float
    outcome: Outcome
    lands_after: float | None = None


class Link:
    """What Home Assistant knows of a charger, and what becomes of commands to it.

    `faults` are those that it has now; `known` is what its entities show.
    """

    def __init__(self, agenda: Agenda, charger: ChargerModel, manner: Manner) -> None:
        self.faults: set[ChargerFault] = set()
        self.charger = charger
        self.manner = manner
        self._agenda = agenda
        self._told = charger.limit
        self._stuck: PhaseValues | None = None
        self.known = self._truth()
        self._heard_at = 0.0

    @property
    def can_be_told(self) -> bool:
        """Whether a command that is given now leaves, and is carried out."""
        is_lost = self.manner.interval is not None and bool(self.faults & MUTE)
        return not self.faults & DEAF and not is_lost

    @property
    def lateness(self) -> float:
        """S by which what it is told is late, or others are told in its place.

        That it does not obey shows when its car has had the time to follow, twice.
        """
        if self.faults & DEAF:
            return FOUND_OUT_AFTER
        return LATE if ChargerFault.LATE in self.faults else 0.0

    def begin(self, fault: ChargerFault) -> None:
        """Have a fault."""
        self.faults.add(fault)
        self._stuck = self.charger.current
        if fault is ChargerFault.REBOOTING:
            self.charger.set_paused(True, self._agenda.now)

    def end(self, fault: ChargerFault) -> None:
        """Have it no more."""
        self.faults.discard(fault)
        if fault is ChargerFault.REBOOTING:
            now = self._agenda.now
            self.charger.set_limit(self.charger.max_current, now)
            self.charger.set_paused(False, now)

    # --- read -----------------------------------------------------------------------

    def read(self) -> bool:
        """Look, as its integration does; return whether something new is shown."""
        now, before = self._agenda.now, self.known
        if self.faults & MUTE:
            if self.manner.interval is not None:
                self.known = ChargerReading(status=ChargerStatus.LOST)
        elif ChargerFault.SILENT not in self.faults:
            truth = self._truth()
            changed = not _equal(truth, before)
            if changed or self.manner.interval is not None:
                self.known, self._heard_at = truth, now
        return not _equal(self.known, before)

    def reading(self) -> ChargerReading:
        """Return what is known now."""
        silent = self._agenda.now - self._heard_at > MISSED_REPORTS * REPORT_INTERVAL
        if silent and self.known.status is ChargerStatus.CHARGING:
            return replace(self.known, current=None, current_time=None)
        return self.known

    def _truth(self) -> ChargerReading:
        faults, charger = self.faults, self.charger
        current = None
        if self.manner.reports_current:
            stuck = ChargerFault.LIES_OF_CURRENT in faults
            current = self._stuck if stuck else charger.current
        lies = ChargerFault.LIES_OF_LIMIT in faults
        return ChargerReading(
            status=charger.status,
            current=current and PhaseValues(*(round(amps, 1) for amps in current)),
            current_time=None if current is None else self._agenda.now,
            limit=self._told if lies else charger.limit,
        )

    # --- command --------------------------------------------------------------------

    def take(self, order: Order) -> Fate:
        """Take a command on its way; what lands is carried out whatever happens."""
        fate = self._fate()
        if fate.outcome is Outcome.TAKEN:
            self._told = order.current
        if fate.lands_after is not None:
            self._agenda.later(fate.lands_after, lambda: self._land(order))
        return fate

    def _land(self, order: Order) -> None:
        valid_for = order.valid_for if self.manner.expires else None
        self.charger.set_limit(order.current, self._agenda.now, valid_for)

    def _fate(self) -> Fate:
        faults = self.faults
        if self.known.status is ChargerStatus.LOST:
            return Fate(ends_after=0.0, outcome=Outcome.UNREACHABLE)
        if faults & {
            ChargerFault.CUT_OFF,
            ChargerFault.COMMANDS_LOST,
            ChargerFault.REBOOTING,
        }:
            return Fate(ends_after=TIMEOUT, outcome=Outcome.FAILED)
        if ChargerFault.REFUSING in faults:
            return Fate(ends_after=ANSWERS_AFTER, outcome=Outcome.FAILED)
        if ChargerFault.HANGING in faults:
            return Fate(ends_after=HANGS, outcome=Outcome.FAILED)
        if ChargerFault.LIES_OF_LIMIT in faults:
            return Fate(ends_after=ANSWERS_AFTER, outcome=Outcome.TAKEN)
        lands = LATE if ChargerFault.LATE in faults else LANDS_AFTER
        if ChargerFault.REPORTS_LOST in faults:
            return Fate(ends_after=TIMEOUT, outcome=Outcome.FAILED, lands_after=lands)
        return Fate(
            ends_after=lands + ANSWERS_AFTER - LANDS_AFTER,
            outcome=Outcome.TAKEN,
            lands_after=lands,
        )


def _equal(one: ChargerReading, other: ChargerReading) -> bool:
    """Return whether two say the same, at whatever time."""
    return replace(one, current_time=None) == replace(other, current_time=None)
