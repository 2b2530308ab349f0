-- The bank's whole book as risk.graph takes it over: what each borrower owes and may still draw, and the PD that the
-- last decision on it gave.
SELECT 'enterprise'::text AS kind, e.registration_no::text AS ref, (x.drawn + x.undrawn)::bigint AS exposure,
       (SELECT d.pd FROM applications_application a
          JOIN decisions_decision d ON d.id = a.decision_id
         WHERE a.enterprise_id = x.debtor_id ORDER BY a.submitted_at DESC LIMIT 1)::numeric AS pd
  FROM ({exposures}) x
  JOIN enterprises_enterprise e ON e.id = x.debtor_id
