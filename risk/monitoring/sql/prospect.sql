-- Of each monitor, how many decisions before a day its figure was read in, and the first of their days.
SELECT m.name, min(d.on_date), count(d.id)
  FROM unnest(%(monitors)s::text[]) AS m (name)
  LEFT JOIN (decisions_decision d
             JOIN strategies_strategyversion s ON s.id = d.strategy_version_id
                  AND s.code = %(strategy)s AND d.role IN ('champion', 'challenger'))
    ON d.on_date < %(end)s AND d.on_date >= coalesce(%(start)s, d.on_date)
       AND (m.name = 'score' AND d.pd IS NOT NULL OR d.facts ? m.name)
 GROUP BY m.name
