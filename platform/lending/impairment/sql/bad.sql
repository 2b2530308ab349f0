-- Borrowers that are bad: an exposure of theirs is non-performing.
SELECT DISTINCT 'enterprise'::text AS kind, e.registration_no::text AS ref
  FROM classification_state s
  JOIN enterprises_enterprise e ON e.id = s.debtor_id
 WHERE s.tier IN ('substandard', 'doubtful', 'loss')
