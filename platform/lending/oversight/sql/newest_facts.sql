-- The facts of the last decision on a line, as they were stored.
SELECT d.facts
  FROM decisions_decision d
 WHERE d.subject = %(subject)s AND d.role IN ('champion', 'challenger')
 ORDER BY d.id DESC
 LIMIT 1
