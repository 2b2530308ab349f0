"""The posting rules a new bank starts with: events of a loan, a line, a partner, a guarantor.

One event a block; each line is side, role, amount and, after `if`, the policy under which it stands. The
sources are the table of postings in the lending design and the regulator's rows (rules 2.9). Amounts of
interest credited to taxable income are without VAT when it is booked on accrual, with it when it is booked on
the due date.
"""

from typing import Final

from ledger.chart.composing import rule_set

# Principal leaves the account it stands on: what is overdue has one of its own where the GL tells it apart.
_PRINCIPAL: Final = (
    "Cr A1.overdue principal_overdue if gl_split=yes",
    "Cr A1 principal_overdue if gl_split=no",
    "Cr A1 principal",
)
_ALLOCATED: Final = (
    "Cr A4 cost fee",
    "Cr A5 penalty",
    "Cr A3 interest_due",
    "Cr A2 interest_accrued",
    *_PRINCIPAL,
    "Cr L1 excess",
)
_WHOLE: Final = "cost fee penalty interest_due interest_accrued principal_overdue principal excess"
_LOST: Final = "principal_overdue principal interest_accrued interest_due penalty"

LINES_AND_FEES: Final = (
    rule_set("facility.effective", "Dr M1 limit", "Cr M0 limit"),
    rule_set("facility.used", "Dr M0 principal", "Cr M1 principal"),
    rule_set("facility.restored", "Dr M1 principal", "Cr M0 principal"),
    rule_set("facility.ended", "Dr M0 undrawn", "Cr M1 undrawn"),
    rule_set("commitment_fee.accrued", "Dr A4 fee vat", "Cr I2 fee", "Cr L7 vat"),
    rule_set("scene_fee.accrued", "Dr E5 fee", "Cr L10 fee"),
    rule_set("scene_fee.paid", "Dr L10 fee", "Cr A7 fee"),
    rule_set("capital.paid_in", "Dr A12 amount", "Cr Q1 amount"),
    rule_set("funding_interest.accrued", "Dr E6 interest", "Cr L4 interest"),
)

DRAWING: Final = (
    rule_set("loan.drawn", "Dr A1 principal", "Cr A7 principal"),
    rule_set(
        "loan.drawn_net_of_fee", "Dr A1 principal", "Cr A7 principal -fee -vat", "Cr L3 fee", "Cr L7 vat"
    ),
    rule_set(
        "payout.confirmed", "Dr A7 amount", "Cr A12 amount if payee=rail", "Cr L9 amount if payee=deposit"
    ),
    rule_set("deferred.written_off", "Dr L3 deferred", "Cr A6.3 deferred"),
    rule_set("deferred.amortised", "Dr L3 exempt taxable", "Cr I1.exempt exempt", "Cr I1.taxable taxable"),
    rule_set("renewal.new_loan", "Dr A1 principal", "Cr A7 principal"),
    rule_set("renewal.old_loan", "Dr A7 principal", "Cr A1 principal"),
    rule_set("interest.capitalised", "Dr A1 interest", "Cr A3 interest"),
)

INTEREST: Final = (
    rule_set(
        "interest.accrued",
        "Dr A2 exempt taxable",
        "Cr I1.exempt exempt",
        "Cr I1.taxable taxable",
        "Dr A2 vat if vat_point=accrual",
        "Cr L7 vat if vat_point=accrual",
    ),
    rule_set(
        "interest.fell_due",
        "Dr A3 interest",
        "Cr A2 interest",
        "Dr I1.taxable vat if vat_point=due",
        "Cr L7 vat if vat_point=due",
    ),
    rule_set("penalty.accrued", "Dr A5 penalty vat", "Cr I3 penalty", "Cr L7 vat"),
    rule_set("subsidy.accrued", "Dr A11 exempt taxable", "Cr I1.exempt exempt", "Cr I1.taxable taxable"),
    rule_set("subsidy.received", "Dr A8 amount", "Cr A11 amount"),
    rule_set(
        "balance.waived",
        "Dr E4 interest_accrued interest_due penalty fee if waiver=expense",
        "Dr I1.exempt interest_accrued interest_due if waiver=income, vat=exempt",
        "Dr I1.taxable interest_accrued interest_due if waiver=income, vat=taxable",
        "Dr I3 penalty if waiver=income",
        "Dr I2 fee if waiver=income",
        "Cr A2 interest_accrued",
        "Cr A3 interest_due",
        "Cr A5 penalty",
        "Cr A4 fee",
    ),
)

RECEIPTS: Final = (
    rule_set("receipt.unidentified", "Dr A8 amount", "Cr L2 amount"),
    rule_set("receipt.identified", f"Dr L2 {_WHOLE}", *_ALLOCATED),
    rule_set("loan.repaid", f"Dr A8 {_WHOLE}", *_ALLOCATED),
    rule_set(
        "loan.prepaid",
        "Dr A8 principal_overdue principal interest_due interest_accrued prepayment_fee vat",
        "Cr A3 interest_due",
        "Cr A2 interest_accrued",
        *_PRINCIPAL,
        "Cr I2 prepayment_fee",
        "Cr L7 vat",
        "Dr L3 deferred_exempt deferred_taxable",
        "Cr I1.exempt deferred_exempt",
        "Cr I1.taxable deferred_taxable",
    ),
    rule_set("credit.refunded", "Dr L1 amount", "Cr A7 amount"),
)

TROUBLE: Final = (
    rule_set("principal.fell_overdue", "Dr A1.overdue principal", "Cr A1 principal"),
    rule_set(
        "non_accrual.entered",
        "Dr E1 allowance if non_accrual=cas22",
        "Cr A6.3 allowance if non_accrual=cas22",
        "Dr I1.exempt interest_accrued interest_due if non_accrual=legacy_90d, vat=exempt",
        "Dr I1.taxable interest_accrued interest_due if non_accrual=legacy_90d, vat=taxable",
        "Cr A2 interest_accrued if non_accrual=legacy_90d",
        "Cr A3 interest_due if non_accrual=legacy_90d",
        "Dr M2 interest_accrued interest_due if non_accrual=legacy_90d",
        "Cr M0 interest_accrued interest_due if non_accrual=legacy_90d",
    ),
    rule_set(
        "non_accrual.accrued",
        "Dr A2 net if non_accrual=cas22",
        "Cr I1.exempt net if non_accrual=cas22, vat=exempt",
        "Cr I1.taxable net if non_accrual=cas22, vat=taxable",
        "Dr M2 contractual -net if non_accrual=cas22",
        "Cr M0 contractual -net if non_accrual=cas22",
        "Dr M2 contractual if non_accrual=legacy_90d",
        "Cr M0 contractual if non_accrual=legacy_90d",
    ),
    rule_set(
        "non_accrual.collected",
        "Dr A8 interest_due interest_accrued memo",
        "Cr A3 interest_due",
        "Cr A2 interest_accrued",
        "Cr I1.exempt memo if vat=exempt",
        "Cr I1.taxable memo -vat if vat=taxable",
        "Cr L7 vat if vat=taxable",
        "Dr M0 memo",
        "Cr M2 memo",
    ),
    rule_set(
        "ecl.charged",
        "Dr E1 stage_1 stage_2 stage_3 commitment",
        "Cr A6.1 stage_1",
        "Cr A6.2 stage_2",
        "Cr A6.3 stage_3",
        "Cr L5 commitment",
    ),
    rule_set(
        "ecl.released",
        "Dr A6.1 stage_1",
        "Dr A6.2 stage_2",
        "Dr A6.3 stage_3",
        "Dr L5 commitment",
        "Cr E1 stage_1 stage_2 stage_3 commitment",
    ),
    rule_set(
        "stage.transferred",
        "Dr A6.1 from_1_to_2 from_1_to_3",
        "Dr A6.2 from_2_to_1 from_2_to_3",
        "Dr A6.3 from_3_to_1 from_3_to_2",
        "Cr A6.1 from_2_to_1 from_3_to_1",
        "Cr A6.2 from_1_to_2 from_3_to_2",
        "Cr A6.3 from_1_to_3 from_2_to_3",
    ),
    rule_set("modification.lost", "Dr E2 principal carrying", "Cr A1 principal", "Cr L3 carrying"),
    rule_set("modification.gained", "Dr A1 principal", "Dr L3 carrying", "Cr I6 principal carrying"),
    rule_set(
        "loan.written_off",
        "Dr A6.3 allowance",
        f"Dr E1 {_LOST} -allowance",
        *_PRINCIPAL,
        "Cr A2 interest_accrued",
        "Cr A3 interest_due",
        "Cr A5 penalty",
        f"Dr M3 {_LOST} memo_interest",
        f"Cr M0 {_LOST}",
        "Cr M2 memo_interest",
    ),
    rule_set(
        "loan.recovered",
        "Dr A8 amount",
        "Cr A6.3 amount if recovery=allowance",
        "Cr I5 amount if recovery=income",
        "Cr E1 amount if recovery=impairment",
        "Dr M0 amount",
        "Cr M3 amount",
    ),
)

SECURITY: Final = (
    rule_set("guarantee.received", "Dr M5 covered", "Cr M0 covered"),
    rule_set("guarantee.ended", "Dr M0 covered", "Cr M5 covered"),
    rule_set("guarantee.fee_paid", "Dr E3 fee", "Cr A7 fee"),
    rule_set(
        "claim.accepted",
        "Dr A9 principal_overdue principal interest_due interest_accrued",
        *_PRINCIPAL,
        "Cr A3 interest_due",
        "Cr A2 interest_accrued",
    ),
    rule_set("claim.paid", "Dr A8 amount", "Cr A9 amount", "Dr M0 amount", "Cr M5 amount"),
    rule_set(
        "subrogation.recovered",
        "Dr A8 guarantor principal_overdue principal interest_due",
        "Cr L11 guarantor",
        *_PRINCIPAL,
        "Cr A3 interest_due",
    ),
    rule_set("subrogation.remitted", "Dr L11 amount", "Cr A7 amount"),
    rule_set("collateral.pledged", "Dr M4 value", "Cr M0 value"),
    rule_set("collateral.released", "Dr M0 value", "Cr M4 value"),
    rule_set(
        "collateral.foreclosed",
        "Dr A10 value",
        "Dr E1 principal_overdue principal interest_due surplus -value",
        *_PRINCIPAL,
        "Cr A3 interest_due",
        "Cr L1 surplus",
        "Dr M0 pledged",
        "Cr M4 pledged",
    ),
    rule_set("foreclosed_asset.impaired", "Dr E7 amount", "Cr A10 amount"),
)

PARTNERS: Final = (
    rule_set("partner.funded", "Dr A8 amount", "Cr L4 amount"),
    rule_set(
        "partner.share_drawn",
        "Dr L4 principal",
        "Cr A7 principal",
        "Dr A14 principal if mirror=on_book",
        "Cr L8 principal if mirror=on_book",
        "Dr M6 principal if mirror=memo",
        "Cr M0 principal if mirror=memo",
    ),
    rule_set(
        "partner.collected",
        "Dr A8 fee penalty interest_due principal_overdue principal partner_principal partner_interest",
        "Cr A4 fee",
        "Cr A5 penalty",
        "Cr A3 interest_due",
        *_PRINCIPAL,
        "Cr L4 partner_principal partner_interest -servicing_fee",
        "Cr I4 servicing_fee",
        "Dr L8 partner_principal if mirror=on_book",
        "Cr A14 partner_principal if mirror=on_book",
        "Dr M0 partner_principal if mirror=memo",
        "Cr M6 partner_principal if mirror=memo",
    ),
    rule_set("partner.settled", "Dr L4 amount", "Cr A7 amount"),
    rule_set(
        "first_loss.called",
        "Dr E3 amount if first_loss=expense",
        "Dr L5 amount if first_loss=provision",
        "Cr L4 amount",
    ),
    rule_set(
        "loan.sold",
        "Dr A7 price",
        "Dr E1 principal_overdue principal interest_accrued interest_due gain -price",
        *_PRINCIPAL,
        "Cr A2 interest_accrued",
        "Cr A3 interest_due",
        "Cr I2 gain",
    ),
    rule_set(
        "loan.bought_back",
        "Dr A1 principal",
        "Dr A2 interest_accrued",
        "Cr A7 principal interest_accrued",
    ),
)

RECEIVABLES: Final = (
    rule_set("receivable.financed", "Dr A1 advance", "Cr A7 advance", "Dr M7 face", "Cr M0 face"),
    rule_set(
        "receivable.purchased", "Dr A1 face", "Cr A7 advance", "Cr L6 reserve", "Cr L3 face -advance -reserve"
    ),
    rule_set(
        "receivable.paid",
        "Dr A8 principal excess",
        "Cr A1 principal",
        "Cr L1 excess",
        "Dr L6 reserve",
        "Cr A7 reserve",
        "Dr M0 assigned",
        "Cr M7 assigned",
    ),
    rule_set("revenue_share.advanced", "Dr A1 net discount", "Cr A7 net", "Cr L3 discount"),
    rule_set(
        "revenue_share.remitted",
        "Dr A8 remittance",
        "Cr A1 remittance",
        "Dr L3 exempt taxable",
        "Cr I1.exempt exempt",
        "Cr I1.taxable taxable",
    ),
)

FIRST_RULES: Final = (
    *LINES_AND_FEES,
    *DRAWING,
    *INTEREST,
    *RECEIPTS,
    *TROUBLE,
    *SECURITY,
    *PARTNERS,
    *RECEIVABLES,
)
