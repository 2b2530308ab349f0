"""The policy: which measures are signals, how grave each is, and what follows from a level. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kernel.refusals import Kind, Refusal


class WarningPolicyInvalid(Refusal):
    """The document is not a policy."""

    code = "warnings.policy_invalid"
    kind = Kind.INVALID
    message = "{path}: {problem}"


class Level(StrEnum):
    """How grave, rising."""

    NONE = "none"
    WATCH = "watch"
    ACT = "act"
    STOP = "stop"

    @property
    def rank(self) -> int:
        """Return its place from 0."""
        return list(Level).index(self)


class Action(StrEnum):
    """What a lender may do about it."""

    REVIEW = "review"
    FREEZE = "freeze"
    CUT = "cut"
    COLLECT = "collect"


MEASURES: Final[Mapping[str, tuple[str, str]]] = {
    "receipts.days_since_sale": ("Days since the last sale", "距最近一笔收款天数"),
    "receipts.turnover_ratio_30d": ("Turnover of 30 days to the 90 before", "近30日日均收款与再前90日之比"),
    "receipts.refund_rate_30d": ("Refunds to sales, 30 days", "近30日退款率"),
    "receipts.refund_rise_30d": ("Refund rate less that of the 90 days before", "退款率较再前90日上升"),
    "grant.levels_broken": ("Watch levels set at the grant that are broken", "跌破授信时设定的预警线数"),
    "bank.overdue_days": ("Days overdue on any loan of this bank", "本行其他借据逾期天数"),
    "invoices.days_since_last": ("Days since the last sales invoice", "距最近一张销项发票天数"),
    "scene.rating_drop": ("Fall of the scene's rating, in points", "场景评分下降幅度"),
    "scene.routes_lost": ("Vehicles or routes that fell silent", "停运车辆或线路数"),
    "graph.guarantees_given_30d": ("Guarantees given for others, 30 days", "近30日新增对外担保笔数"),
    "graph.neighbours_defaulted": ("Defaults among linked enterprises", "关联企业违约数"),
    "taxes.late_filings_90d": ("Tax filings handed in late, 90 days", "近90日逾期申报次数"),
    "taxes.arrears": ("Taxes in arrears, yuan", "欠税金额"),
}

FIRST_POLICY: Final[Mapping[str, Any]] = {
    "signals": [
        {
            "signal": "no_sales",
            "measure": "receipts.days_since_sale",
            "op": ">=",
            "value": "14",
            "level": "act",
        },
        {
            "signal": "no_invoice",
            "measure": "invoices.days_since_last",
            "op": ">=",
            "value": "30",
            "level": "watch",
        },
        {
            "signal": "turnover_halved",
            "measure": "receipts.turnover_ratio_30d",
            "op": "<=",
            "value": "0.50",
            "level": "act",
        },
        {
            "signal": "refunds_up",
            "measure": "receipts.refund_rise_30d",
            "op": ">=",
            "value": "0.05",
            "level": "watch",
        },
        {
            "signal": "rating_drop",
            "measure": "scene.rating_drop",
            "op": ">=",
            "value": "0.50",
            "level": "watch",
        },
        {"signal": "route_loss", "measure": "scene.routes_lost", "op": ">=", "value": "1", "level": "watch"},
        {
            "signal": "new_guarantee",
            "measure": "graph.guarantees_given_30d",
            "op": ">=",
            "value": "1",
            "level": "watch",
        },
        {
            "signal": "neighbour_default",
            "measure": "graph.neighbours_defaulted",
            "op": ">=",
            "value": "1",
            "level": "act",
        },
        {
            "signal": "tax_late",
            "measure": "taxes.late_filings_90d",
            "op": ">=",
            "value": "1",
            "level": "watch",
        },
        {"signal": "tax_arrears", "measure": "taxes.arrears", "op": ">", "value": "0", "level": "act"},
        {
            "signal": "below_grant_level",
            "measure": "grant.levels_broken",
            "op": ">=",
            "value": "1",
            "level": "act",
        },
        {"signal": "overdue_here", "measure": "bank.overdue_days", "op": ">=", "value": "1", "level": "act"},
        {
            "signal": "overdue_long",
            "measure": "bank.overdue_days",
            "op": ">=",
            "value": "30",
            "level": "stop",
        },
    ],
    "together": {"watch": 3, "act": 2},
    "actions": {"watch": ["review"], "act": ["review", "cut"], "stop": ["freeze", "collect"]},
    "fresh_days": 90,
}
_OPS: Final = frozenset({">=", ">", "<=", "<"})
_GRAVE: Final = (Level.WATCH, Level.ACT, Level.STOP)


@dataclass(frozen=True, slots=True)
class WarningPolicy:
    """A policy, checked: signals as plain rows, how many of a level make the next, actions by level.

    `fresh_days`: a sighting that is older says nothing any more.
    """

    signals: tuple[Mapping[str, Any], ...]
    together: Mapping[Level, int]
    actions: Mapping[Level, tuple[Action, ...]]
    fresh_days: int


def read_policy(document: Mapping[str, Any]) -> WarningPolicy:
    """Read a policy document, or refuse it with the place named; see `FIRST_POLICY` for its shape."""
    if not isinstance(document, Mapping) or set(document) != {"signals", "together", "actions", "fresh_days"}:
        raise WarningPolicyInvalid(path="policy", problem="it holds signals, together, actions, fresh_days")
    signals = document["signals"]
    if not isinstance(signals, list) or not signals or len(signals) > 100:
        raise WarningPolicyInvalid(path="signals", problem="a list of 1 to 100 signals")
    rows = tuple(_signal(row, f"signals.{index}") for index, row in enumerate(signals))
    if len({row["signal"] for row in rows}) != len(rows):
        raise WarningPolicyInvalid(path="signals", problem="a signal is named once")
    together = {}
    for name in (Level.WATCH, Level.ACT):
        count = document["together"].get(name.value) if isinstance(document["together"], Mapping) else None
        if type(count) is not int or not 2 <= count <= 100:
            raise WarningPolicyInvalid(path=f"together.{name.value}", problem="a whole number from 2 on")
        together[name] = count
    actions = {level: _actions(document["actions"], level) for level in _GRAVE}
    fresh = document["fresh_days"]
    if type(fresh) is not int or not 1 <= fresh <= 366:
        raise WarningPolicyInvalid(path="fresh_days", problem="from 1 to 366 days")
    return WarningPolicy(rows, together, actions, fresh)


def _signal(row: object, path: str) -> Mapping[str, Any]:
    if not isinstance(row, Mapping) or set(row) != {"signal", "measure", "op", "value", "level"}:
        raise WarningPolicyInvalid(path=path, problem="it holds signal, measure, op, value, level")
    if not isinstance(row["signal"], str) or not row["signal"]:
        raise WarningPolicyInvalid(path=f"{path}.signal", problem="a signal has a name")
    if row["measure"] not in MEASURES:
        raise WarningPolicyInvalid(path=f"{path}.measure", problem=f"there is no measure {row['measure']}")
    if row["op"] not in _OPS:
        raise WarningPolicyInvalid(path=f"{path}.op", problem="one of >= > <= <")
    if row["level"] not in [level.value for level in _GRAVE]:
        raise WarningPolicyInvalid(path=f"{path}.level", problem="watch, act or stop")
    value = row["value"]
    plain = isinstance(value, str) and value.removeprefix("-").replace(".", "", 1).isdecimal()
    if not plain or len(value) > 18:
        raise WarningPolicyInvalid(path=f"{path}.value", problem="a plain decimal in text")
    return {**row, "value": str(Decimal(value)), "rank": Level(row["level"]).rank}


def _actions(stage: object, level: Level) -> tuple[Action, ...]:
    names = stage.get(level.value) if isinstance(stage, Mapping) else None
    known = [action.value for action in Action]
    if not isinstance(names, list) or not names or any(name not in known for name in names):
        raise WarningPolicyInvalid(path=f"actions.{level.value}", problem=f"some of {', '.join(known)}")
    return tuple(Action(name) for name in names)
