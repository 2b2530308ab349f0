-- The allowance that changed its stage with its exposure since the run before.
SELECT b.stage, a.stage, sum(b.ecl)::bigint
  FROM ecl_result b
  JOIN ecl_result a ON a.exposure_id = b.exposure_id AND a.run_id = %(after)s
 WHERE b.run_id = %(before)s AND b.stage <> a.stage
 GROUP BY b.stage, a.stage
HAVING sum(b.ecl) > 0
 ORDER BY b.stage, a.stage
