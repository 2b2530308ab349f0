-- From one run to the next, by stage: what was there, came, went, moved and was measured anew; in fen.
WITH moved AS (
    SELECT b.stage AS from_stage, a.stage AS to_stage, coalesce(b.ecl, 0) AS was, coalesce(a.ecl, 0) AS becomes,
           b.exposure_id IS NULL AS is_new, a.exposure_id IS NULL AS is_gone
      FROM (SELECT * FROM ecl_result WHERE run_id = %(before)s) b
      FULL JOIN (SELECT * FROM ecl_result WHERE run_id = %(after)s) a ON a.exposure_id = b.exposure_id
)
SELECT stage.stage,
       coalesce(sum(was) FILTER (WHERE from_stage = stage.stage), 0)::bigint AS opening,
       coalesce(sum(becomes) FILTER (WHERE is_new AND to_stage = stage.stage), 0)::bigint AS originated,
       coalesce(sum(was) FILTER (WHERE is_gone AND from_stage = stage.stage), 0)::bigint AS derecognised,
       coalesce(sum(was) FILTER (WHERE to_stage = stage.stage AND from_stage <> stage.stage), 0)::bigint AS moved_in,
       coalesce(sum(was) FILTER (WHERE from_stage = stage.stage AND to_stage <> stage.stage), 0)::bigint AS moved_out,
       coalesce(sum(becomes - was) FILTER (WHERE NOT is_new AND to_stage = stage.stage), 0)::bigint AS remeasured,
       coalesce(sum(becomes) FILTER (WHERE to_stage = stage.stage), 0)::bigint AS closing
  FROM (VALUES (1), (2), (3)) AS stage (stage)
  LEFT JOIN moved ON stage.stage IN (moved.from_stage, moved.to_stage)
 GROUP BY stage.stage
 ORDER BY stage.stage
