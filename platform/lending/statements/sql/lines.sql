-- Lines that get a statement of a month and have none: those with a loan that runs, or that moved since the last one.
SELECT c.id, c.enterprise_id, c.scene_id, c."limit", c.effective_date
  FROM credit_lines_creditline c
 WHERE c.id IN (SELECT l.line_id
                  FROM loans_loan l
                  LEFT JOIN statements_statementaccount a ON a.loan_id = l.id
                 WHERE l.value_date IS NOT NULL
                   AND (l.status = 'active' OR l.transaction_count > coalesce(a.through_sequence, 0)))
   AND NOT EXISTS (SELECT 1 FROM statements_statement s WHERE s.line_id = c.id AND s.month = %(month)s)
 ORDER BY c.id
 LIMIT %(limit)s
