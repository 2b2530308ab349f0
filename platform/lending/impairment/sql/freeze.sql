-- Freezes every loan that is owed on a day, with what the statistics of inclusive finance ask of it (I-01, I-04).
-- Inclusive goes by the total credit of the borrower, not by the loan.
INSERT INTO inclusive_row (snapshot_id, loan_id, enterprise_id, balance, principal, annual_rate, value_date, total_credit,
                           is_inclusive, is_non_performing, labels)
SELECT %(snapshot_id)s, l.id, l.enterprise_id, l.outstanding, l.principal, l.annual_rate, l.value_date,
       coalesce(c.total_credit, l.principal),
       coalesce(t.borrower IN ('small', 'micro', 'individual'), false)
           AND coalesce(c.total_credit, l.principal) <= %(credit_max)s,
       coalesce(s.stage = 3, false),
       array_remove(ARRAY[
           CASE WHEN NOT EXISTS (SELECT 1 FROM collateral_pledge g WHERE g.line_id = l.line_id AND g.status <> 'released')
                 AND NOT EXISTS (SELECT 1 FROM guarantees_guarantee g WHERE g.line_id = l.line_id AND g.ended_date IS NULL)
                THEN 'credit' END,
           CASE WHEN l.tenor_days > 366 THEN 'medium_long_term' END,
           CASE WHEN l.renews_loan_id IS NOT NULL THEN 'renewal' END,
           CASE WHEN l.method = 'daily_interest' THEN 'revolving' END,
           CASE WHEN f.id = l.id THEN 'first_loan' END], NULL)
  FROM loans_loan l
  LEFT JOIN (SELECT enterprise_id, sum("limit") AS total_credit
               FROM credit_lines_creditline WHERE status <> 'closed' GROUP BY enterprise_id) c
         ON c.enterprise_id = l.enterprise_id
  LEFT JOIN (SELECT DISTINCT ON (enterprise_id) enterprise_id, id
               FROM loans_loan WHERE value_date IS NOT NULL ORDER BY enterprise_id, value_date, booked_at, id) f
         ON f.enterprise_id = l.enterprise_id
  LEFT JOIN tax_drawdown t ON t.drawdown_id = l.drawdown_id
  LEFT JOIN classification_state s ON s.exposure_id = l.id
 WHERE l.status = 'active'
