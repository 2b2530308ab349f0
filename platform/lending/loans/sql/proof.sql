-- The loans' side of the books at one date, and how many loans differ from the fold of their own log: of all loans,
-- or of those with a row booked on or after a day. A settled loan owes nothing, so the sums need only those that run.
-- A row of a daily loan's log changes the products by its amount times the days from its value date to the loan's
-- segment date: summed over the rows that is the whole product, whatever order they came in. What follows from a
-- schedule, or from rates that changed, is replayed in Python; here its sums are held against its log and its rows.
-- VAT stays in the books when a loan is settled: every loan that bears it is read, and its tag says how much.
WITH touched AS (
    SELECT DISTINCT loan_id FROM loans_loantransaction WHERE %(whole)s OR booking_date >= %(booked_from)s
), book AS (
    SELECT * FROM loans_loan
     WHERE status IN ('active', 'disbursing') OR (status IN ('paid_off', 'written_off') AND (%(whole)s OR vat_ppm > 0))
    UNION ALL
    SELECT l.* FROM touched JOIN loans_loan l ON l.id = touched.loan_id
     WHERE NOT %(whole)s AND l.status IN ('paid_off', 'written_off') AND l.vat_ppm = 0
), folded AS (
    SELECT t.loan_id,
           sum(t.principal_change) AS outstanding,
           sum(t.interest_paid) AS interest_paid,
           sum(t.penalty_paid) AS penalty_paid,
           sum(t.compound_paid) AS compound_paid,
           sum(t.excess) AS credit_balance,
           sum(t.principal_change * greatest(0, least(l.segment_date, l.due_date) - t.value_date)) AS interest_product,
           sum(t.principal_change * greatest(0, l.segment_date - greatest(t.value_date, l.due_date))) AS penalty_product,
           max(t.value_date) AS segment_date,
           count(*) AS transaction_count
      FROM touched
      JOIN loans_loantransaction t ON t.loan_id = touched.loan_id
      JOIN loans_loan l ON l.id = t.loan_id
     GROUP BY t.loan_id
), payable AS (
    SELECT i.loan_id, sum(i.principal_due - i.principal_paid) AS principal, sum(i.interest_paid) AS interest_paid,
           coalesce(sum(i.principal_due - i.principal_paid) FILTER (WHERE i.due_date < %(due_through)s), 0) AS late_principal,
           coalesce(sum(i.interest_due - i.interest_paid) FILTER (WHERE i.due_date < %(due_through)s), 0) AS late_interest
      FROM touched
      JOIN loans_instalment i ON i.loan_id = touched.loan_id
     GROUP BY i.loan_id
), earned AS (
    SELECT l.id, l.status, l.outstanding, l.principal, l.interest_paid, l.penalty_paid, l.compound_paid,
           l.overdue_interest, l.credit_balance, l.vat_ppm, l.tagged_ppm, l.exempt_ppm,
           CASE WHEN l.method = 'daily_interest' THEN
               div((l.interest_earlier + (l.interest_product + l.outstanding
                        * greatest(0, least(%(accrued_through)s::date, l.due_date) - l.segment_date))
                   * l.annual_rate * 1000000) * 2 + b.bump, b.divisor)
           ELSE l.earlier_interest + CASE WHEN l.span_days = 0 THEN 0 ELSE
               (2 * l.span_interest * least(l.span_days, greatest(0,
                    CASE l.accrual_days WHEN 'actual' THEN %(actual)s ELSE %(thirty)s END - l.span_start_index))
                + l.span_days) / (2 * l.span_days) END
           END AS interest,
           div((l.penalty_earlier + (l.penalty_product
                    + CASE WHEN l.method = 'daily_interest' THEN l.outstanding
                        * greatest(0, %(accrued_through)s::date - greatest(l.segment_date, l.due_date))
                      ELSE l.overdue_principal * greatest(0, %(accrued_through)s::date - l.segment_date) END)
               * l.penalty_rate * 1000000) * 2 + b.bump, b.divisor) AS penalty,
           div((l.compound_earlier + (l.compound_product + CASE WHEN l.compounds THEN l.overdue_interest ELSE 0 END
                    * greatest(0, %(accrued_through)s::date - l.segment_date))
               * l.penalty_rate * 1000000) * 2 + b.bump, b.divisor) AS compound,
           coalesce((NOT %(whole)s AND f.loan_id IS NULL) OR f.loan_id IS NOT NULL
               AND (f.outstanding, f.interest_paid, f.penalty_paid, f.compound_paid, f.transaction_count)
                 = (l.outstanding::numeric, l.interest_paid::numeric, l.penalty_paid::numeric,
                    l.compound_paid::numeric, l.transaction_count::bigint)
               AND CASE WHEN l.method <> 'daily_interest' THEN
                   (p.principal, p.late_principal, p.late_interest)
                     = (l.outstanding::numeric, l.overdue_principal::numeric, l.overdue_interest::numeric)
                 WHEN l.rate_change_count > 0 THEN true
                 ELSE (f.interest_product, f.penalty_product, f.segment_date)
                     = (l.interest_product::numeric, l.penalty_product::numeric, l.segment_date)
                 END, false) AS agrees
      FROM book l
      LEFT JOIN folded f ON f.loan_id = l.id
      LEFT JOIN payable p ON p.loan_id = l.id,
           LATERAL (SELECT l.day_basis * 2000000::numeric AS divisor,
                           CASE l.rounding
                               WHEN 'ROUND_HALF_UP' THEN l.day_basis * 1000000::numeric
                               WHEN 'ROUND_UP' THEN l.day_basis * 2000000::numeric - 2
                               ELSE 0
                           END AS bump) b
)
SELECT coalesce(sum(CASE status WHEN 'disbursing' THEN principal ELSE outstanding END), 0) AS principal,
       coalesce(sum(interest - interest_paid - overdue_interest) FILTER (WHERE status <> 'disbursing'), 0) AS interest,
       coalesce(sum(penalty - penalty_paid + compound - compound_paid + overdue_interest)
                FILTER (WHERE status <> 'disbursing'), 0) AS receivable,
       count(*) FILTER (WHERE status <> 'disbursing') AS loan_count,
       count(*) FILTER (WHERE status <> 'disbursing' AND NOT agrees) AS disagreeing_count,
       (array_agg(id) FILTER (WHERE status <> 'disbursing' AND NOT agrees))[1:5] AS disagreeing,
       coalesce(sum(div(2 * (interest - CASE WHEN exempt_ppm = 0 THEN 0
                                 ELSE div(2 * interest * exempt_ppm + tagged_ppm, 2 * tagged_ppm) END) * vat_ppm
                            + 1000000 + vat_ppm, 2 * (1000000::numeric + vat_ppm))
                    + div(2 * (penalty + compound) * vat_ppm + 1000000 + vat_ppm, 2 * (1000000::numeric + vat_ppm)))
                FILTER (WHERE status <> 'disbursing' AND vat_ppm > 0), 0) AS vat,
       (SELECT coalesce(sum(credit_balance), 0) FROM loans_loan WHERE credit_balance > 0) AS credit_balance
  FROM earned
