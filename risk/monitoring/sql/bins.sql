-- Decisions of a period by the bin of a number: the score's PD, or a fact as it was read. What was not known is a bin
-- of its own; a decision whose strategy does not declare the fact does not count.
SELECT CASE WHEN value IS NULL THEN 'unknown'
            WHEN cardinality(%(edges)s::numeric[]) = 0 THEN '0'
            ELSE width_bucket(value, %(edges)s::numeric[])::text END AS bin,
       count(*)
  FROM (SELECT CASE WHEN %(monitor)s = 'score' THEN d.pd ELSE (d.facts ->> %(monitor)s)::numeric END AS value
          FROM decisions_decision d
          JOIN strategies_strategyversion s ON s.id = d.strategy_version_id
         WHERE d.role IN ('champion', 'challenger')
           AND s.code = %(strategy)s AND d.on_date >= %(start)s AND d.on_date < %(end)s
           AND (%(monitor)s = 'score' AND d.pd IS NOT NULL OR d.facts ? %(monitor)s)) cases
 GROUP BY 1
