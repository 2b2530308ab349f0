"""The first chart of a bank: codes of the accounting standards' guide, sub-codes ours (rules 2.9)."""

from dataclasses import dataclass
from typing import Final

from ledger.chart.models import Guard, Kind, NormalSide


@dataclass(frozen=True, slots=True)
class AccountSeed:
    """An account to open."""

    code: str
    name_zh: str
    name_en: str
    kind: Kind
    normal_side: NormalSide
    guard: Guard = Guard.NONE


_DEBIT, _CREDIT = NormalSide.DEBIT, NormalSide.CREDIT

FIRST_CHART: Final = (
    AccountSeed(
        "1003",
        "存放中央银行款项",
        "Balances with the central bank",
        Kind.ASSET,
        _DEBIT,
        Guard.NO_CREDIT_BALANCE,
    ),
    AccountSeed("1011", "存放同业款项", "Balances with other banks", Kind.ASSET, _DEBIT),
    AccountSeed("1132", "应收利息", "Interest receivable", Kind.ASSET, _DEBIT),
    AccountSeed("1221", "其他应收款", "Other receivables", Kind.ASSET, _DEBIT),
    AccountSeed("1221.01", "其他应收款-应收手续费", "Other receivables: fees", Kind.ASSET, _DEBIT),
    AccountSeed("1221.02", "其他应收款-应收代偿款", "Other receivables: guarantors", Kind.ASSET, _DEBIT),
    AccountSeed(
        "1221.03", "其他应收款-应收贴息款", "Other receivables: interest subsidies", Kind.ASSET, _DEBIT
    ),
    AccountSeed("1303.01", "贷款-本金", "Loans: principal", Kind.ASSET, _DEBIT),
    AccountSeed("1303.02", "贷款-应计利息", "Loans: accrued interest", Kind.ASSET, _DEBIT),
    AccountSeed("1303.03", "贷款-利息调整", "Loans: interest adjustment", Kind.ASSET, _DEBIT),
    AccountSeed("1303.04", "贷款-逾期本金", "Loans: overdue principal", Kind.ASSET, _DEBIT),
    AccountSeed("1304.01", "贷款损失准备-第一阶段", "Loan loss allowance: stage 1", Kind.ASSET, _CREDIT),
    AccountSeed("1304.02", "贷款损失准备-第二阶段", "Loan loss allowance: stage 2", Kind.ASSET, _CREDIT),
    AccountSeed("1304.03", "贷款损失准备-第三阶段", "Loan loss allowance: stage 3", Kind.ASSET, _CREDIT),
    AccountSeed("1321", "代理业务资产", "Assets serviced for others", Kind.ASSET, _DEBIT),
    AccountSeed("1441", "抵债资产", "Foreclosed assets", Kind.ASSET, _DEBIT),
    AccountSeed("2011", "吸收存款", "Customer deposits", Kind.LIABILITY, _CREDIT),
    AccountSeed("2012", "同业存放款项", "Deposits of other banks", Kind.LIABILITY, _CREDIT),
    AccountSeed("2221.01", "应交税费-增值税销项", "Taxes payable: output VAT", Kind.LIABILITY, _CREDIT),
    AccountSeed("2241", "其他应付款", "Other payables", Kind.LIABILITY, _CREDIT),
    AccountSeed(
        "2241.01", "其他应付款-待查款项", "Other payables: unidentified receipts", Kind.LIABILITY, _CREDIT
    ),
    AccountSeed(
        "2241.02",
        "其他应付款-应付受让款余额",
        "Other payables: reserve due to clients",
        Kind.LIABILITY,
        _CREDIT,
    ),
    AccountSeed("2241.03", "其他应付款-应付担保人", "Other payables: guarantors", Kind.LIABILITY, _CREDIT),
    AccountSeed("2314", "代理业务负债", "Liabilities for serviced assets", Kind.LIABILITY, _CREDIT),
    AccountSeed("2801", "预计负债", "Provisions", Kind.LIABILITY, _CREDIT),
    AccountSeed("3001", "清算资金往来", "Funds in clearing", Kind.LIABILITY, _CREDIT),
    AccountSeed("4001", "实收资本", "Paid-in capital", Kind.EQUITY, _CREDIT),
    AccountSeed("6011.01", "利息收入-免税", "Interest income: VAT-exempt", Kind.INCOME, _CREDIT),
    AccountSeed("6011.02", "利息收入-应税", "Interest income: taxable", Kind.INCOME, _CREDIT),
    AccountSeed("6011.03", "利息收入-罚息", "Interest income: penalty", Kind.INCOME, _CREDIT),
    AccountSeed("6021", "手续费及佣金收入", "Fee and commission income", Kind.INCOME, _CREDIT),
    AccountSeed("6051.01", "其他业务收入-收回已核销贷款", "Other income: recoveries", Kind.INCOME, _CREDIT),
    AccountSeed(
        "6051.02", "其他业务收入-合同修改利得", "Other income: modification gains", Kind.INCOME, _CREDIT
    ),
    AccountSeed(
        "6402.01", "其他业务成本-合同修改损失", "Other cost: modification losses", Kind.EXPENSE, _DEBIT
    ),
    AccountSeed("6411", "利息支出", "Interest expense", Kind.EXPENSE, _DEBIT),
    AccountSeed("6421", "手续费及佣金支出", "Fee and commission expense", Kind.EXPENSE, _DEBIT),
    AccountSeed("6701", "资产减值损失", "Impairment of other assets", Kind.EXPENSE, _DEBIT),
    AccountSeed("6702", "信用减值损失", "Credit impairment losses", Kind.EXPENSE, _DEBIT),
    AccountSeed("6711.01", "营业外支出-贷款减免", "Other expense: waivers", Kind.EXPENSE, _DEBIT),
    AccountSeed("9001", "表外-未使用授信", "Memo: undrawn credit lines", Kind.MEMO, _DEBIT),
    AccountSeed("9002", "表外-催收利息", "Memo: interest in collection", Kind.MEMO, _DEBIT),
    AccountSeed("9003", "表外-已核销贷款", "Memo: loans written off", Kind.MEMO, _DEBIT),
    AccountSeed("9004", "表外-抵质押品", "Memo: collateral held", Kind.MEMO, _DEBIT),
    AccountSeed("9005", "表外-代理贷款", "Memo: loans serviced for others", Kind.MEMO, _DEBIT),
    AccountSeed("9006", "表外-收到的担保", "Memo: guarantees received", Kind.MEMO, _DEBIT),
    AccountSeed("9007", "表外-受让应收账款", "Memo: receivables assigned", Kind.MEMO, _DEBIT),
    AccountSeed("9999", "表外-对应科目", "Memo: contra account", Kind.MEMO, _CREDIT),
)
