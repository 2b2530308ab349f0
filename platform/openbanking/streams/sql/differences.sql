-- The folded days as they were known by a date, against a recount of every record known then.
WITH holding AS (
    SELECT DISTINCT ON (enterprise_id, scene_id, record_no) *
    FROM /* table */
    WHERE (received_at AT TIME ZONE 'Asia/Shanghai')::date <= %(known_by)s
    ORDER BY enterprise_id, scene_id, record_no, revision DESC
),
recounted AS (
    SELECT r.enterprise_id, r.scene_id, r.day, /* recount_figures */
    FROM holding AS r
    GROUP BY r.enterprise_id, r.scene_id, r.day
),
folded AS (
    SELECT enterprise_id, scene_id, day, /* sums */
    FROM /* day_table */
    WHERE known_day <= %(known_by)s
    GROUP BY enterprise_id, scene_id, day
),
party_recounted AS (
    SELECT r.enterprise_id, r.scene_id, r.day, /* party_role */ AS role, /* party_ref */ AS party_ref,
        sum(/* party_items */) AS items, sum(/* party_value */) AS value
    FROM holding AS r
    WHERE /* party_ref */ IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
),
party_folded AS (
    SELECT enterprise_id, scene_id, day, role, party_ref, sum(item_count) AS items, sum(value) AS value
    FROM streams_partyday
    WHERE stream = %(stream)s AND known_day <= %(known_by)s
    GROUP BY enterprise_id, scene_id, day, role, party_ref
)
SELECT coalesce(recounted.enterprise_id, folded.enterprise_id), coalesce(recounted.scene_id, folded.scene_id),
    coalesce(recounted.day, folded.day)
FROM recounted FULL JOIN folded USING (enterprise_id, scene_id, day)
WHERE (/* recounted_figures */) IS DISTINCT FROM (/* folded_figures */)
UNION
SELECT enterprise_id, scene_id, day
FROM party_recounted FULL JOIN party_folded USING (enterprise_id, scene_id, day, role, party_ref)
WHERE (coalesce(party_recounted.items, 0), coalesce(party_recounted.value, 0))
    IS DISTINCT FROM (coalesce(party_folded.items, 0), coalesce(party_folded.value, 0))
ORDER BY 1, 2, 3
