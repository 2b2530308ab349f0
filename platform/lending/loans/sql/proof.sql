-- How many loans differ from the fold of their own log: of all that have begun, or of those with a row booked on or
-- after a day.
-- A row of a daily loan's log changes the products by its amount times the days from its value date to the loan's
-- segment date: summed over the rows that is the whole product, whatever order they came in. What follows from a
-- schedule, or from rates that changed, is replayed in Python; here its sums are held against its log and its rows.
WITH touched AS (
    SELECT id AS loan_id FROM loans_loan WHERE %(whole)s
    UNION ALL
    SELECT DISTINCT loan_id FROM loans_loantransaction WHERE NOT %(whole)s AND booking_date >= %(booked_from)s
), folded AS (
    SELECT t.loan_id,
           sum(t.principal_change) AS outstanding,
           sum(t.interest_paid) AS interest_paid,
           sum(t.penalty_paid) AS penalty_paid,
           sum(t.compound_paid) AS compound_paid,
           sum(t.principal_change * greatest(0, least(l.segment_date, l.due_date) - t.value_date)) AS interest_product,
           sum(t.principal_change * greatest(0, l.segment_date - greatest(t.value_date, l.due_date))) AS penalty_product,
           max(t.value_date) AS segment_date,
           count(*) AS transaction_count
      FROM touched
      JOIN loans_loantransaction t ON t.loan_id = touched.loan_id
      JOIN loans_loan l ON l.id = t.loan_id
     GROUP BY t.loan_id
), payable AS (
    SELECT i.loan_id, sum(i.principal_due - i.principal_paid) AS principal,
           coalesce(sum(i.principal_due - i.principal_paid) FILTER (WHERE i.due_date < %(due_through)s), 0) AS late_principal,
           coalesce(sum(i.interest_due - i.interest_paid) FILTER (WHERE i.due_date < %(due_through)s), 0) AS late_interest
      FROM touched
      JOIN loans_instalment i ON i.loan_id = touched.loan_id
     GROUP BY i.loan_id
), compared AS (
    SELECT l.id,
           coalesce((f.outstanding, f.interest_paid, f.penalty_paid, f.compound_paid, f.transaction_count)
                 = (l.outstanding::numeric, l.interest_paid::numeric, l.penalty_paid::numeric,
                    l.compound_paid::numeric, l.transaction_count::bigint)
               AND CASE WHEN l.method <> 'daily_interest' THEN
                   (p.principal, p.late_principal, p.late_interest)
                     = (l.outstanding::numeric, l.overdue_principal::numeric, l.overdue_interest::numeric)
                 WHEN l.rate_change_count > 0 THEN true
                 ELSE (f.interest_product, f.penalty_product, f.segment_date)
                     = (l.interest_product::numeric, l.penalty_product::numeric, l.segment_date)
                 END, false) AS agrees
      FROM touched
      JOIN loans_loan l ON l.id = touched.loan_id
      LEFT JOIN folded f ON f.loan_id = l.id
      LEFT JOIN payable p ON p.loan_id = l.id
     WHERE l.status IN ('active', 'paid_off', 'written_off')
)
SELECT count(*) FILTER (WHERE NOT agrees), (array_agg(id) FILTER (WHERE NOT agrees))[1:5] FROM compared
