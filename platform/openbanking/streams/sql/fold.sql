-- One statement: keep what is new; where that is now the revision that holds, take the former one out of its
-- day and put this one into its own. Only rows that this statement itself inserted move anything, so a record
-- counts once however often, in whatever order and in however many batches it is sent.
WITH fresh AS (
    INSERT INTO /* table */ (enterprise_id, scene_id, record_no, revision, received_at, /* columns */)
    SELECT DISTINCT ON (record_no, revision)
        %(enterprise_id)s, %(scene_id)s, record_no, revision, %(now)s, /* columns */
    FROM streams_incoming
    ORDER BY record_no, revision, line
    ON CONFLICT DO NOTHING
    RETURNING record_no, revision, /* columns */
),
newest AS (
    SELECT DISTINCT ON (record_no) * FROM fresh ORDER BY record_no, revision DESC
),
former AS (
    SELECT DISTINCT ON (kept.record_no) kept.record_no, kept.revision, /* kept */
    FROM /* table */ AS kept JOIN newest USING (record_no)
    WHERE kept.enterprise_id = %(enterprise_id)s AND kept.scene_id = %(scene_id)s
    ORDER BY kept.record_no, kept.revision DESC
),
holding AS (
    SELECT newest.* FROM newest LEFT JOIN former USING (record_no)
    WHERE former.record_no IS NULL OR newest.revision > former.revision
),
moved AS (
    SELECT 1 AS sign, * FROM holding
    UNION ALL
    SELECT -1 AS sign, former.* FROM former JOIN holding USING (record_no)
),
by_day AS (
    SELECT r.day, /* moved_figures */ FROM moved AS r GROUP BY r.day
),
by_party AS (
    SELECT /* party_role */ AS role, r.day, /* party_ref */ AS party_ref,
        sum(r.sign * (/* party_items */)) AS items, sum(r.sign * (/* party_value */)) AS value
    FROM moved AS r
    WHERE /* party_ref */ IS NOT NULL
    GROUP BY 1, 2, 3
),
folded_parties AS (
    INSERT INTO streams_partyday
        (enterprise_id, scene_id, stream, role, day, known_day, party_ref, item_count, value)
    SELECT %(enterprise_id)s, %(scene_id)s, %(stream)s, role, day, %(known_day)s, party_ref, items, value
    FROM by_party
    WHERE items <> 0 OR value <> 0
    ORDER BY role, day, party_ref
    ON CONFLICT (enterprise_id, scene_id, stream, role, day, known_day, party_ref) DO UPDATE SET
        item_count = streams_partyday.item_count + EXCLUDED.item_count,
        value = streams_partyday.value + EXCLUDED.value
),
folded AS (
    INSERT INTO /* day_table */ (enterprise_id, scene_id, day, known_day, /* figures */)
    SELECT %(enterprise_id)s, %(scene_id)s, day, %(known_day)s, /* figures */
    FROM by_day
    ORDER BY day
    ON CONFLICT (enterprise_id, scene_id, day, known_day) DO UPDATE SET /* updates */
)
SELECT count(*) FROM fresh
