"""The lives of what a scene works with: states and moves from the rooms' own tables, meanings for readers.

Where a room keeps its moves as data they are taken from there; the other moves are written here, and a test
holds their states against the API's own lists, so that a new state cannot stay undocumented.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from interfaces.event_types import TYPES
from lending.applications.states import AGREEMENT_MOVES, APPLICATION_MOVES, DRAFT_MOVES, DraftStatus
from lending.drawdowns.states import MOVES as DRAWDOWN_MOVES
from lending.loans.states import MOVES as LOAN_MOVES
from lending.loans.states import LoanStatus
from lending.service_requests.states import MOVES as REQUEST_MOVES
from marketing.campaigns.states import OFFER_TRANSITIONS
from openbanking.consents.states import TRANSITIONS as CONSENT_MOVES

OVERDUE: Final = "overdue"  # a status of the API: in the books it follows from the dates
_HEADS: Final = {
    "en": "| State | What it means | Next | Heard as |\n|---|---|---|---|",
    "zh-hans": "| 状态 | 含义 | 之后 | 事件 |\n|---|---|---|---|",
}


@dataclass(frozen=True, slots=True)
class Life:
    """The states of one object: `road` is the way hoped for; meanings are English, Chinese."""

    object: str
    moves: Mapping[Any, Collection[Any]]  # texts, or choices that are texts
    road: tuple[str, ...]
    meanings: Mapping[str, tuple[str, str]]

    def next_of(self, state: str) -> list[str]:
        """Return the states that may follow, those of the road first, in an order that never changes."""
        order = [*self.road, *(other for other in self.meanings if other not in self.road)]
        return sorted((str(state) for state in self.moves[state]), key=order.index)


def _loan_moves() -> dict[str, frozenset[str]]:
    """Return the moves of a loan as the API tells them: one that is active may be past its due date."""
    moves = {str(state): frozenset(map(str, after)) for state, after in LOAN_MOVES.items()}
    active = str(LoanStatus.ACTIVE)
    return {**moves, active: moves[active] | {OVERDUE}, OVERDUE: moves[active] | {active}}


LIVES: Final[dict[str, Life]] = {
    "consent": Life(
        "consent",
        CONSENT_MOVES,
        ("authorised",),
        {
            "authorised": ("in force: the data may be read", "有效：可以读取数据"),
            "replaced": ("a wider one took its place", "被范围更宽的授权取代"),
            "revoked": ("withdrawn; nothing is read from that instant", "已撤回，自该时刻起不再读取"),
            "expired": ("its last day has passed", "已过有效期"),
        },
    ),
    "data_batch": Life(
        "data_batch",
        {"receiving": {"completed"}, "completed": set()},
        ("receiving", "completed"),
        {
            "receiving": ("bytes arrive; nothing counts yet", "正在接收，尚未计入"),
            "completed": ("read as a whole; its rows count", "整体读完，各行计入"),
        },
    ),
    "offer": Life(
        "offer",
        OFFER_TRANSITIONS,
        ("created", "delivered", "viewed", "applied"),
        {
            "created": ("the bank is ready to lend so much", "银行愿意提供的额度"),
            "delivered": ("you showed it", "您已展示"),
            "viewed": ("the merchant looked at it", "商户已查看"),
            "applied": ("an application was made of it", "已据此申请"),
            "replaced": ("a newer one took its place", "被新的报价取代"),
            "expired": ("its last day has passed", "已过有效期"),
            "withdrawn": ("taken back by the bank", "银行已收回"),
        },
    ),
    "application": Life(
        "application",
        {DraftStatus.DRAFT: DRAFT_MOVES[DraftStatus.DRAFT], **APPLICATION_MOVES},
        ("draft", "submitted", "in_review", "approved", "contracted"),
        {
            "draft": ("may be changed; the bank sees nothing of it", "可以修改，银行尚未看到"),
            "submitted": ("the bank decides, within seconds", "银行正在审批，数秒内完成"),
            "in_review": ("a person at the bank looks at it", "银行工作人员复核"),
            "approved": ("an agreement can be prepared", "可以准备合同"),
            "contracted": ("its agreement is signed", "合同已签署"),
            "declined": ("an answer with reasons, no error", "带原因的回答，不是错误"),
            "withdrawn": ("the merchant took it back, or its consent", "商户撤回申请或授权"),
            "expired": ("its approval's last day has passed", "审批已过有效期"),
        },
    ),
    "agreement": Life(
        "agreement",
        AGREEMENT_MOVES,
        ("pending", "signed"),
        {
            "pending": ("waits for the merchant on the bank's page", "等待商户在银行页面签署"),
            "signed": ("the credit line is open", "额度已开立"),
            "declined": ("not signed, and no longer can be", "未签署，也不能再签署"),
            "expired": ("its last day has passed", "已过有效期"),
        },
    ),
    "credit_line": Life(
        "credit_line",
        {"active": {"frozen", "closed"}, "frozen": {"active", "closed"}, "closed": set()},
        ("active", "closed"),
        {
            "active": ("may be drawn on", "可以支用"),
            "frozen": ("no new draws; what is owed stays owed", "不能新支用，已欠部分不变"),
            "closed": ("over", "已终止"),
        },
    ),
    "drawdown": Life(
        "drawdown",
        DRAWDOWN_MOVES,
        ("created", "awaiting_funds", "processing", "paid_out"),
        {
            "created": ("the limit is held", "额度已占用"),
            "awaiting_funds": (
                "the bank's own account is short: no loan, no interest",
                "银行头寸不足：未成立借款，不计息",
            ),
            "processing": ("with the payment rail; never sent twice", "已交支付通道，绝不重发"),
            "paid_out": ("the money has arrived; there is a loan", "已到账，借据成立"),
            "failed": ("refused; the limit is free again", "被拒绝，额度已释放"),
            "expired": ("the funds did not come in time", "资金未及时到位"),
        },
    ),
    "loan": Life(
        "loan",
        _loan_moves(),
        ("disbursing", "active", "paid_off"),
        {
            "disbursing": ("booked, on its way; no interest yet", "已入账，付款途中，尚不计息"),
            "active": ("interest runs, instalments fall due", "计息，分期到期"),
            "overdue": ("past a due date; penalty interest runs", "已过到期日，计收罚息"),
            "paid_off": ("repaid; a returned payment reopens it", "已结清；还款被退回则恢复"),
            "cancelled": ("the money never arrived", "资金未到账"),
            "written_off": ("off the books, still owed", "已核销，债权仍在"),
        },
    ),
    "service_request": Life(
        "service_request",
        REQUEST_MOVES,
        ("received", "in_progress", "resolved"),
        {
            "received": ("the bank has it, with its number", "银行已收到，并给出编号"),
            "in_progress": ("a person at the bank works on it", "银行工作人员正在处理"),
            "resolved": ("answered: what was asked for is done", "已答复：所请求的事项已办理"),
            "rejected": ("answered: no, with the reason", "已答复：不予办理，并说明原因"),
        },
    ),
    "repayment": Life(
        "repayment",
        {
            "processing": {"succeeded", "failed"},
            "succeeded": {"returned"},
            "failed": set(),
            "returned": set(),
        },
        ("processing", "succeeded"),
        {
            "processing": ("being collected", "正在扣款"),
            "succeeded": ("arrived; `allocation` says what it paid", "已到账，`allocation` 说明冲销"),
            "failed": ("not collected; nothing changed", "扣款失败，什么都没有变"),
            "returned": ("taken back days later; it is owed again", "数日后被退回，重新欠款"),
        },
    ),
    "webhook_endpoint": Life(
        "webhook_endpoint",
        {"enabled": {"disabled"}, "disabled": {"enabled"}},
        ("enabled", "disabled"),
        {
            "enabled": ("is called", "正常接收"),
            "disabled": (
                "by you, by `410`, or after five days of failure",
                "由您停用、返回 `410`，或连续失败五日",
            ),
        },
    ),
    "test_clock": Life(
        "test_clock",
        {
            "creating": {"ready", "failed"},
            "ready": {"advancing", "creating"},
            "advancing": {"ready", "failed"},
            "failed": {"creating", "advancing"},
        },
        ("creating", "ready", "advancing"),
        {
            "creating": ("its bank is being made", "正在建立银行"),
            "ready": ("stands still; its bank takes calls", "日期静止，可以调用"),
            "advancing": ("ends one day after another", "逐日日终"),
            "failed": (
                "a day could not be ended; reset it, or fill it anew",
                "某日未能日终，请重置或重新填充",
            ),
        },
    ),
}


def table_of(life: Life, language: str) -> str:
    """Return the table of a life: each state, what it means, what may follow, which events say so."""
    rows = [_HEADS[language]]
    for state, (english, chinese) in life.meanings.items():
        following = ", ".join(f"`{one}`" for one in life.next_of(state)) or "—"
        events = [name for name, kind in TYPES.items() if (kind.object, kind.status) == (life.object, state)]
        named = [name for name in events if "status" in TYPES[name].changed]
        heard = ", ".join(f"`{name}`" for name in named) or "—"
        rows.append(f"| `{state}` | {english if language == 'en' else chinese} | {following} | {heard} |")
    return "\n".join(rows)
