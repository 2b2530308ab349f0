"""Reports from the books: each as of any date, by booking or value date, and exportable.

* `balances.trial_balance`, `balances.balance_sheet`: what stands at the end of a date.
* `income.income_statement`: what was earned and spent in a period, by product.
* `statement.account_statement`: opening, lines with a running balance, closing; paged.
* `control.control`: the GL against figures of a sub-ledger, which are handed in: the ledger knows no loans.
* `vat.vat_workbook`: exempt and taxable interest apart (T-01, T-02), output VAT charged.
* `impairment.roll_forward`: how the allowance came from its opening to its closing (E-01 to E-05).
* `export`: a report as CSV or JSON.

Every report is a `Report`: columns, rows and the checks that it has to pass. Sums over time come from the
account days and the tail that the fold has not reached, so that a year of postings costs as much as its days.
"""
