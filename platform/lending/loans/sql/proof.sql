-- The loans' side of the books at one date, and how many loans differ from the fold of their own log: of all loans,
-- or of those with a row booked on or after a day. A settled loan owes nothing, so the sums need only those that run.
-- A row of the log changes the products by its amount times the days from its value date to the loan's segment
-- date: summed over the rows that is the whole product, whatever order they came in.
WITH touched AS (
    SELECT DISTINCT loan_id FROM loans_loantransaction WHERE %(whole)s OR booking_date >= %(booked_from)s
), book AS (
    SELECT * FROM loans_loan WHERE status IN ('active', 'disbursing') OR (%(whole)s AND status = 'paid_off')
    UNION ALL
    SELECT l.* FROM touched JOIN loans_loan l ON l.id = touched.loan_id WHERE NOT %(whole)s AND l.status = 'paid_off'
), folded AS (
    SELECT t.loan_id,
           sum(t.principal_change) AS outstanding,
           sum(t.interest_paid) AS interest_paid,
           sum(t.penalty_paid) AS penalty_paid,
           sum(t.principal_change * greatest(0, least(l.segment_date, l.due_date) - t.value_date)) AS interest_product,
           sum(t.principal_change * greatest(0, l.segment_date - greatest(t.value_date, l.due_date))) AS penalty_product,
           max(t.value_date) AS segment_date,
           count(*) AS transaction_count
      FROM touched
      JOIN loans_loantransaction t ON t.loan_id = touched.loan_id
      JOIN loans_loan l ON l.id = t.loan_id
     GROUP BY t.loan_id
), earned AS (
    SELECT l.id, l.status, l.outstanding, l.principal, l.interest_paid, l.penalty_paid,
           div((l.interest_product + l.outstanding
                    * greatest(0, least(%(accrued_through)s::date, l.due_date) - l.segment_date))
               * l.annual_rate * 2000000 + b.bump, b.divisor) AS interest,
           div((l.penalty_product + l.outstanding
                    * greatest(0, %(accrued_through)s::date - greatest(l.segment_date, l.due_date)))
               * l.penalty_rate * 2000000 + b.bump, b.divisor) AS penalty,
           (NOT %(whole)s AND f.loan_id IS NULL) OR f.loan_id IS NOT NULL
               AND (f.outstanding, f.interest_paid, f.penalty_paid, f.interest_product, f.penalty_product,
                    f.segment_date, f.transaction_count)
                 = (l.outstanding::numeric, l.interest_paid::numeric, l.penalty_paid::numeric,
                    l.interest_product::numeric, l.penalty_product::numeric, l.segment_date,
                    l.transaction_count::bigint) AS agrees
      FROM book l
      LEFT JOIN folded f ON f.loan_id = l.id,
           LATERAL (SELECT l.day_basis * 2000000::numeric AS divisor,
                           CASE l.rounding
                               WHEN 'ROUND_HALF_UP' THEN l.day_basis * 1000000::numeric
                               WHEN 'ROUND_UP' THEN l.day_basis * 2000000::numeric - 2
                               ELSE 0
                           END AS bump) b
)
SELECT coalesce(sum(CASE status WHEN 'disbursing' THEN principal ELSE outstanding END), 0) AS principal,
       coalesce(sum(interest - interest_paid) FILTER (WHERE status <> 'disbursing'), 0) AS interest,
       coalesce(sum(penalty - penalty_paid) FILTER (WHERE status <> 'disbursing'), 0) AS penalty,
       count(*) FILTER (WHERE status <> 'disbursing') AS loan_count,
       count(*) FILTER (WHERE status <> 'disbursing' AND NOT agrees) AS disagreeing_count,
       (array_agg(id) FILTER (WHERE status <> 'disbursing' AND NOT agrees))[1:5] AS disagreeing
  FROM earned
