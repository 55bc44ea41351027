"""What the grid's operator asked and what was given, for who asks for the proof."""

from typing import Any

from homeassistant.util import dt as dt_util

from ..const import SUBENTRY_OPERATOR, AmpGuardConfigEntry
from ..plans.grid_operator import OperatorPlan, Row


def grid_limits_response(entry: AmpGuardConfigEntry) -> dict[str, Any]:
    """Return the quarters in which a limit was in force, of each operator."""
    plans = entry.runtime_data.plans
    return {
        "operators": [
            {
                "name": subentry.title,
                "quarters": [_quarter(row) for row in plan.proof],
            }
            for subentry in entry.get_subentries_of_type(SUBENTRY_OPERATOR)
            if isinstance(plan := plans.plan(subentry.subentry_id), OperatorPlan)
        ]
    }


def _quarter(row: Row) -> dict[str, Any]:
    """Return a row: W, means over the s in which the limit was in force."""
    return {
        "start": dt_util.as_local(row.start).isoformat(timespec="seconds"),
        "seconds": round(row.seconds),
        "asked": round(row.asked),
        "given": round(row.given),
    }
