-- The months that are kept against the days they are of; a row here is a defect.
WITH due AS (
    SELECT enterprise_id, scene_id, found.*
    FROM (
        SELECT enterprise_id, scene_id, array_agg(DISTINCT date_trunc('month', day)::date) AS months
        FROM receipts_receiptday
        WHERE %(enterprise_id)s::uuid IS NULL OR enterprise_id = %(enterprise_id)s::uuid
        GROUP BY enterprise_id, scene_id
    ) AS whose CROSS JOIN LATERAL receipts_months(enterprise_id, scene_id, months) AS found
),
kept AS (
    SELECT enterprise_id, scene_id, month, known_day, takings, signs
    FROM receipts_receiptmonth
    WHERE %(enterprise_id)s::uuid IS NULL OR enterprise_id = %(enterprise_id)s::uuid
)
SELECT enterprise_id, scene_id, month
FROM due FULL JOIN kept USING (enterprise_id, scene_id, month)
WHERE (due.known_day, due.takings, due.signs) IS DISTINCT FROM (kept.known_day, kept.takings, kept.signs)
ORDER BY 1, 2, 3
