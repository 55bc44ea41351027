"""How late an event loop is for what is due."""

from array import array
import asyncio
import time

EACH = 0.02
"""s between looks."""
SHARES = (0.5, 0.99, 0.999, 1.0)


class Probe:
    """Asks to be woken each 20 ms, and notes by how much it is late.

    `late` is s until it was woken. `busy` is as much of it as the process's own
    computing since the look before can have caused: what is left is the machine's,
    which had something else to do.
    """

    def __init__(self) -> None:
        """Look from now on."""
        self.late = array("d")
        self.busy = array("d")
        self._loop = asyncio.get_running_loop()
        self._computed = time.process_time()
        self._wait()

    def figures(self) -> dict[str, dict[str, float]]:
        """Return ms by the share of the looks that were no later."""
        return {
            name: {f"{share:g}": _quantile(values, share) for share in SHARES}
            for name, values in (("late", self.late), ("busy", self.busy))
        }

    def _wait(self) -> None:
        self._due = self._loop.time() + EACH
        self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        late, computed = self._loop.time() - self._due, time.process_time()
        self.late.append(late)
        self.busy.append(min(late, computed - self._computed))
        self._computed = computed
        self._wait()


def _quantile(values: array[float], share: float) -> float:
    in_order = sorted(values)
    return 1000 * in_order[min(int(share * len(in_order)), len(in_order) - 1)]
