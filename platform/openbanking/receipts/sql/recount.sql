SELECT
    enterprise_id,
    scene_id,
    day,
    count(*) FILTER (WHERE kind = 'sale') AS sale_count,
    coalesce(sum(amount) FILTER (WHERE kind = 'sale'), 0) AS sales,
    count(*) FILTER (WHERE kind = 'refund') AS refund_count,
    coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunds,
    count(DISTINCT payer_ref) FILTER (WHERE kind = 'sale') AS payer_count
FROM receipts_receipt
WHERE %(enterprise_id)s::uuid IS NULL OR enterprise_id = %(enterprise_id)s::uuid
GROUP BY enterprise_id, scene_id, day
