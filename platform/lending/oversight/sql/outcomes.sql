-- Decisions whose horizon has come and that have no outcome yet: the worst of the loans drawn under the line that the
-- decision granted. Months count from the day of the first loan, the first payment from the day it was due. A loan that
-- was paid before the horizon is not overdue; one that was written off is overdue for as long as a year.
WITH horizons AS (
    SELECT * FROM jsonb_to_recordset(%(horizons)s::jsonb) AS row(code text, months int, after_days int)
), granted AS (
    SELECT a.decision_id, c.id AS line_id
      FROM applications_application a
      JOIN credit_lines_creditline c ON c.application_id = a.id
     WHERE a.decision_id IS NOT NULL
), first_loan AS (
    SELECT DISTINCT ON (g.decision_id) g.decision_id, g.line_id, l.value_date,
           coalesce((SELECT min(i.due_date) FROM loans_instalment i WHERE i.loan_id = l.id), l.due_date) AS first_due
      FROM granted g
      JOIN loans_loan l ON l.line_id = g.line_id AND l.value_date IS NOT NULL
     ORDER BY g.decision_id, l.value_date, l.id
), due AS (
    SELECT f.decision_id, f.line_id, h.code,
           CASE WHEN h.months IS NULL THEN f.first_due + h.after_days
                ELSE (f.value_date + make_interval(months => h.months))::date END AS matured_on
      FROM first_loan f CROSS JOIN horizons h
)
SELECT d.decision_id, d.code, d.matured_on,
       max(CASE l.status WHEN 'active' THEN greatest(0, coalesce(d.matured_on - l.oldest_due_date, 0))
                         WHEN 'written_off' THEN greatest({written_off_days}, d.matured_on - l.oldest_due_date)
                         ELSE 0 END) AS dpd,
       sum(l.written_off)::bigint AS loss
  FROM due d
  JOIN loans_loan l ON l.line_id = d.line_id AND l.value_date IS NOT NULL
 WHERE d.matured_on <= %(on_date)s
   AND NOT EXISTS (SELECT 1 FROM monitoring_outcome o
                    WHERE o.decision_id = d.decision_id AND o.horizon = d.code)
 GROUP BY d.decision_id, d.code, d.matured_on
 ORDER BY d.matured_on, d.decision_id, d.code
 LIMIT %(limit)s
