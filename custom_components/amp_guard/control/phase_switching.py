"""One or three phases: where a car's minimum does not fit on three, it charges on one.

A charger is switched while its car is paused and seen to draw nothing, and starts after
that as any other. What it says that it is set to is believed for a start at its minimum;
until it is seen to draw on one phase only, what that would be on the others stays
reserved (EVerest/everest-core#1038, #1060 gave it to others at once, and overloaded). One
that draws on all the same, or does not let itself be set, is left alone until the car is
unplugged, and counts as one that uses all.
"""

from dataclasses import dataclass

from ..model import ChargerReading, ChargerStatus, EarthingSystem, Phase, PhaseMode
from .constraint import EPSILON, Currents, Load, add, fits, most
from .phases import UsedPhases
from .tree import Branch

SHORT_FOR = 120.0
"""s for which all phases must not have fitted before one is tried ..."""
AMPLE_FOR = 600.0
"""... and must have fitted before all are used again."""
SWITCH_INTERVAL = 600.0
"""s at least between two switches: contactors and cars wear."""
SAYS_WITHIN = 90.0
"""s beyond the time that it takes within which it must say that it is set: some are asked
each half a minute."""
STOPS_WITHIN = 300.0
"""s within which its car must have stopped."""
LEAST_GAIN = 1.0
"""A, summed over the phases, that all of them must give more."""

NEVER = float("-inf")

type Setting = tuple[Phase, ...]
"""The phases that a charger is set to use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What one car is given, A per phase, and what could be given to it otherwise.

    It may have `low` to `high` and is given `target`. `left` is what each constraint has
    left after that. `minimum_fits` says whether its minimum fits on the phases that it
    uses, now or soon; `one` is the phase of its choices where it would else fit.
    """

    low: float
    high: float
    target: float
    left: Currents
    minimum_fits: bool
    one: Phase | None


class PhaseSwitching:
    """Which of its phases one charger is set to use, and is to be. Times in s."""

    def __init__(
        self, branch: Branch, earthing_system: EarthingSystem, phases: UsedPhases
    ) -> None:
        """Start with what the charger says."""
        self._phases = phases
        self._is_possible = earthing_system is EarthingSystem.TN
        self.change_branch(branch)
        self._is_plugged_in = False
        self._told: int | None = None
        self._set: Setting | None = None
        self._wanted: Setting | None = None
        self._wanted_at = self._ordered_at = self._switched_at = NEVER
        self._is_ordered = False
        self._refused = False
        self._short_since: float | None = None
        self._ample_since: float | None = None
        self.is_news = False
        """Whether the charger is to be told at once of what `order` is now."""

    def change_branch(self, branch: Branch) -> None:
        """Let it hang in a branch that is wired as its own, with other figures."""
        self._branch = branch
        possible = branch.charger.one_phase_choices if self._is_possible else ()
        self.choices: Setting = possible
        """The phases that it can be set to use alone."""

    # --- what it is set to -----------------------------------------------------------

    @property
    def one(self) -> Phase | None:
        """Return the phase that it is set to use alone, where it is known to be."""
        if self._told != 1 or self._wanted is not None or self._refused:
            return None
        if len(self.choices) == 1:
            return self.choices[0]
        return self._set[0] if self._set is not None and len(self._set) == 1 else None

    @property
    def may_use_one(self) -> bool:
        """Return whether it would be set to one phase, where all do not fit."""
        if not self.choices or self._refused or self._told is None:
            return False
        return self._branch.charger.phase_mode is not PhaseMode.ALL

    @property
    def uses_all(self) -> bool:
        """Return whether its owner lets it use all its phases, and it is set to."""
        return (
            self._told != 1 and self._branch.charger.phase_mode is PhaseMode.AUTOMATIC
        )

    def note_fit(self) -> None:
        """Take that all of its phases have room for its minimum."""
        self._short_since = None

    @property
    def holds(self) -> bool:
        """Return whether its car is to be paused: it is to be switched, or just was."""
        return self._wanted is not None

    @property
    def order(self) -> Setting | None:
        """Return what it is to be set to now."""
        return self._wanted if self._is_ordered else None

    def observe(self, reading: ChargerReading, offset: float, now: float) -> None:
        """Take what it says that it is set to, and when it was told to be.

        `offset` is added to the reading's times.
        """
        if (
            self._wanted is None
            and reading.phases_set == self._told
            and reading.switched_at is None
            and not self._phases.strays
            and self._is_plugged_in
            is (reading.status is not ChargerStatus.DISCONNECTED)
        ):
            return  # it is set and plugged in as it was, and nothing is under way
        before, self._told = self.one, reading.phases_set
        if reading.switched_at is not None:
            switched_at = min(reading.switched_at + offset, now)
            self._switched_at = max(self._switched_at, switched_at)
        self._note_plugged_in(reading.status is not ChargerStatus.DISCONNECTED)
        if self._phases.strays and self.one is not None:
            self._refused = True
        if self._is_ordered:
            self._look_whether_set(now)
        elif self.holds and now - self._wanted_at >= STOPS_WITHIN:
            self._give_up(now)
        if before is not None and self.one is None:
            self._phases.unplug()

    def _note_plugged_in(self, is_plugged_in: bool) -> None:
        before, self._is_plugged_in = self._is_plugged_in, is_plugged_in
        if before and not is_plugged_in:
            self._refused = False
            self._short_since = self._ample_since = None
            if not self._is_ordered:
                self._wanted = None

    def _look_whether_set(self, now: float) -> None:
        took = now - self._ordered_at
        due = self._branch.charger.switch_time
        if took >= due and self._wanted is not None:
            if self._told == len(self._wanted):
                self._set, self._wanted, self._is_ordered = self._wanted, None, False
            elif took >= due + SAYS_WITHIN:
                self._give_up(now)

    def _give_up(self, now: float) -> None:
        """Leave it as it is."""
        self.is_news = self._is_ordered
        self._wanted, self._is_ordered, self._refused = None, False, True
        self._switched_at = now

    def presume(self) -> None:
        """Take a car to use the one phase that its charger says it is set to use."""
        one, phases = self.one, self._phases
        if one is not None and phases.may_presume and not phases.is_presumed:
            phases.presume((one,))

    @property
    def spare_load(self) -> Load:
        """Return what it would load besides, if it were not set as it says."""
        unseen = self.one is not None and self._phases.is_presumed
        return self._phases.spare_load if unseen else ()

    # --- what it is to be set to -----------------------------------------------------

    def best_choice(self, left: Currents, low: float) -> Phase | None:
        """Return the phase on which most is left, where that carries `low` A alone.

        None where none does, or only the one that it is set to use does.
        """
        found: dict[float, Phase] = {}
        for phase in self.choices:
            load = self._alone_on(phase)
            if phase is not self.one and fits(left, load, low):
                found.setdefault(most(left, load), phase)
        return found[max(found)] if found else None

    def _alone_on(self, phase: Phase) -> Load:
        a, b, c = (float(each is phase) for each in Phase)
        return self._branch.load((a, b, c))

    def look(self, room: Room | None, now: float) -> None:
        """Decide whether it is to be switched.

        By what it has room for; None where its car does not ask.
        """
        wanted = self._fitting(room, now)
        if (
            wanted is None
            or self.holds
            or self._refused
            or self._told is None
            or now - self._switched_at < SWITCH_INTERVAL
        ):
            return
        self._wanted, self._wanted_at = wanted, now
        self._short_since = self._ample_since = None

    def _fitting(self, room: Room | None, now: float) -> Setting | None:
        """Return what it is to be set to, None where it may stay as it is."""
        charger, is_one = self._branch.charger, self._told == 1
        match charger.phase_mode:
            case PhaseMode.ONE:
                return None if is_one else self.choices[:1]
            case PhaseMode.ALL:
                return charger.wiring if is_one else None
        if room is None:
            self._ample_since = None
            return charger.wiring if is_one and not self._is_plugged_in else None
        if self._is_short(room, now) and room.one is not None:
            return (room.one,)
        return charger.wiring if is_one and self._is_ample(room, now) else None

    def _is_short(self, room: Room, now: float) -> bool:
        """Return whether its minimum has not fitted for long."""
        if room.minimum_fits:
            self._short_since = None
            return False
        if self._short_since is None:
            self._short_since = now
        return now - self._short_since >= SHORT_FOR

    def _is_ample(self, room: Room, now: float) -> bool:
        """Return whether all phases have fitted for long, and give more than the one."""
        left = list(room.left)
        add(left, self._phases.load, room.target)
        possible = min(room.high, most(left, self._phases.full_load))
        gain = sum(self._branch.weights) * possible - room.target
        if possible + EPSILON < room.low or gain < LEAST_GAIN:
            self._ample_since = None
            return False
        if self._ample_since is None:
            self._ample_since = now
        return now - self._ample_since >= AMPLE_FOR

    def proceed(self, now: float, *, is_empty: bool) -> None:
        """Order what is wanted, once the car is paused and draws nothing."""
        if self.holds and not self._is_ordered and is_empty:
            self._is_ordered = self.is_news = True
            self._ordered_at = self._switched_at = now
            self._phases.unplug()  # which it uses is not known any more

    def note_sent(self) -> None:
        """Take that the charger was told."""
        self.is_news = False
