-- How many decisions before a day a figure was read in, and the first of their days.
SELECT min(d.on_date), count(*)
  FROM decisions_decision d
  JOIN strategies_strategyversion s ON s.id = d.strategy_version_id
 WHERE d.role IN ('champion', 'challenger') AND s.code = %(strategy)s AND d.on_date < %(end)s
   AND d.on_date >= coalesce(%(start)s, d.on_date)
   AND (%(monitor)s = 'score' AND d.pd IS NOT NULL OR d.facts ? %(monitor)s)
