-- Loans whose accrual the end of a day stops, goes on with by other terms, or takes up again; with the allowance of the
-- last reckoning, the exposure it is for, and the contract's rates. Read through the index on oldest_due_date and from the few stopped ones.
SELECT l.id, 'stop' AS act, coalesce(l.oldest_due_date <= %(day)s::date - %(days)s::int, false) AS is_late,
       coalesce(s.ecl, 0) AS allowance, l.outstanding + l.overdue_interest AS exposure,
       (l.annual_rate * 1000000)::bigint AS rate_ppm, (l.penalty_rate * 1000000)::bigint AS late_ppm,
       l.schedule_version > 0 AS scheduled
  FROM loans_loan l
  LEFT JOIN classification_state s ON s.exposure_id = l.id
 WHERE l.status = 'active' AND l.non_accrual_date IS NULL
   AND (l.oldest_due_date <= %(day)s::date - %(days)s::int
        OR %(policy)s = 'cas22' AND l.id IN (SELECT exposure_id FROM classification_state WHERE stage = 3))
UNION ALL
SELECT l.id, CASE WHEN coalesce(l.oldest_due_date >= %(day)s::date, true) AND (%(policy)s <> 'cas22' OR coalesce(s.stage, 1) < 3)
                  THEN 'resume' ELSE 'change' END,
       false, coalesce(s.ecl, 0), l.outstanding + l.overdue_interest,
       (l.annual_rate * 1000000)::bigint, (l.penalty_rate * 1000000)::bigint, l.schedule_version > 0
  FROM loans_stoppedaccrual a
  JOIN loans_loan l ON l.id = a.loan_id
  LEFT JOIN classification_state s ON s.exposure_id = l.id
 WHERE l.status = 'active'
   AND (coalesce(l.oldest_due_date >= %(day)s::date, true) AND (%(policy)s <> 'cas22' OR coalesce(s.stage, 1) < 3)
        OR a.policy <> %(policy)s
        OR %(policy)s = 'cas22' AND a.allowance <> coalesce(s.ecl, 0))
 ORDER BY 1
