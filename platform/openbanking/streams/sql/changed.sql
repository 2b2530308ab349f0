-- Rows whose revision is known with other content: the first that was kept stands, the row is refused.
SELECT incoming.line
FROM streams_incoming AS incoming
JOIN /* table */ AS kept
    ON kept.enterprise_id = %(enterprise_id)s AND kept.scene_id = %(scene_id)s
    AND kept.record_no = incoming.record_no AND kept.revision = incoming.revision
WHERE (/* kept */) IS DISTINCT FROM (/* incoming */)
ORDER BY incoming.line
