"""What the grid's operator may ask, as it is configured."""

from homeassistant.config_entries import ConfigSubentry

from ..const import (
    CONF_ENTITY,
    CONF_HOLDS,
    CONF_SILENCE,
    CONF_UNBALANCE,
    CONF_ZERO,
    SECONDS_PER_MINUTE,
    SUBENTRY_OPERATOR,
    AmpGuardConfigEntry,
)
from ..model import PowerLimit, Reason
from ..plans.grid_operator import Operator, OperatorPlan, Silence, Zero
from .planned_limit import PlannedLimit, charger_ids


def operator_limits(
    entry: AmpGuardConfigEntry, subentry: ConfigSubentry
) -> tuple[PlannedLimit]:
    """Return the limit that the grid's operator asks for."""
    data, chargers = subentry.data, charger_ids(entry)
    entity = data.get(CONF_ENTITY)
    limit = PowerLimit(
        id=subentry.subentry_id, chargers=chargers, reason=Reason.GRID_OPERATOR
    )
    operator = Operator(
        entity=entity,
        chargers=len(chargers),
        zero=Zero(data[CONF_ZERO]),
        holds=data[CONF_HOLDS] * SECONDS_PER_MINUTE,
        silence=Silence(data[CONF_SILENCE]),
    )
    heard = () if entity is None else (entity,)
    return (
        PlannedLimit(
            subentry=subentry.subentry_id,
            limit=limit,
            plan=OperatorPlan(operator),
            stays=True,
            heard=heard,
        ),
    )


def read_unbalance(entry: AmpGuardConfigEntry) -> float | None:
    """Return what chargers may load a phase with beyond the others, A; None: any."""
    operator = _of_unbalance(entry)
    return None if operator is None else operator.data[CONF_UNBALANCE]


def unbalance_name(entry: AmpGuardConfigEntry) -> str:
    """Return what its owner calls who limits the difference between phases."""
    operator = _of_unbalance(entry)
    return "" if operator is None else operator.title


def _of_unbalance(entry: AmpGuardConfigEntry) -> ConfigSubentry | None:
    """Return the operator that allows the least difference, where one limits it."""
    limiting = [
        each
        for each in entry.get_subentries_of_type(SUBENTRY_OPERATOR)
        if each.data[CONF_UNBALANCE] > 0
    ]
    return min(limiting, key=lambda each: each.data[CONF_UNBALANCE], default=None)
