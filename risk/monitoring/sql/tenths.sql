-- The edges between tenths of a number over a period.
SELECT percentile_disc(ARRAY[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) WITHIN GROUP (ORDER BY value)
  FROM (SELECT CASE WHEN %(monitor)s = 'score' THEN d.pd ELSE (d.facts ->> %(monitor)s)::numeric END AS value
          FROM decisions_decision d
          JOIN strategies_strategyversion s ON s.id = d.strategy_version_id
         WHERE d.role IN ('champion', 'challenger')
           AND s.code = %(strategy)s AND d.on_date >= %(start)s AND d.on_date < %(end)s) cases
