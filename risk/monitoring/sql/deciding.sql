-- The strategies that have decided anything.
SELECT DISTINCT s.code
  FROM strategies_strategyversion s
 WHERE EXISTS (SELECT FROM decisions_decision d
                WHERE d.strategy_version_id = s.id AND d.role IN ('champion', 'challenger'))
 ORDER BY 1
