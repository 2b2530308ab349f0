-- Outcomes as they were known at an instant, counted by vintage, grade and stated PD: nothing here grows with the book
-- but the number of distinct PDs.
SELECT date_trunc('month', d.on_date)::date AS vintage, d.grade, d.pd,
       count(*) AS loans,
       count(*) FILTER (WHERE o.dpd >= %(bad_from_days)s) AS bads,
       coalesce(sum(o.loss), 0)::bigint AS loss
  FROM (SELECT DISTINCT ON (decision_id) decision_id, dpd, loss
          FROM monitoring_outcome
         WHERE horizon = %(horizon)s AND matured_on <= %(as_of)s AND recorded_at <= %(known_at)s
           AND (%(matured_from)s::date IS NULL OR matured_on >= %(matured_from)s)
         ORDER BY decision_id, revision DESC) o
  JOIN decisions_decision d ON d.id = o.decision_id
  JOIN strategies_strategyversion s ON s.id = d.strategy_version_id
 WHERE d.pd IS NOT NULL AND (%(strategy)s::text IS NULL OR s.code = %(strategy)s)
 GROUP BY 1, 2, 3
 ORDER BY 1, 3, 2
