-- Whether a decision's newest outcome at any horizon was bad, for the decisions of a period.
SELECT o.decision_id, bool_or(o.dpd >= (%(bad_from)s::jsonb ->> o.horizon)::int)
  FROM (SELECT DISTINCT ON (decision_id, horizon) decision_id, horizon, dpd
          FROM monitoring_outcome ORDER BY decision_id, horizon, revision DESC) o
  JOIN decisions_decision d ON d.id = o.decision_id
 WHERE d.on_date >= %(start)s AND d.on_date < %(end)s
 GROUP BY o.decision_id
