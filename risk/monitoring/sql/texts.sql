-- The same for a text or a truth value: each value is its own bin.
SELECT coalesce(d.facts ->> %(monitor)s, 'unknown') AS bin, count(*)
  FROM decisions_decision d
  JOIN strategies_strategyversion s ON s.id = d.strategy_version_id
 WHERE d.role IN ('champion', 'challenger')
   AND s.code = %(strategy)s AND d.on_date >= %(start)s AND d.on_date < %(end)s AND d.facts ? %(monitor)s
 GROUP BY 1
