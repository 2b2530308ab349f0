SELECT
    enterprise_id,
    scene_id,
    day,
    known_day,
    count(*) FILTER (WHERE kind = 'sale') AS sale_count,
    coalesce(sum(amount) FILTER (WHERE kind = 'sale'), 0) AS sales,
    count(*) FILTER (WHERE kind = 'refund') AS refund_count,
    coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunds,
    count(DISTINCT payer_ref) FILTER (WHERE kind = 'sale' AND known_day = payer_known_day) AS payer_count
FROM (
    SELECT receipt.*, (received_at AT TIME ZONE 'Asia/Shanghai')::date AS known_day,
        min((received_at AT TIME ZONE 'Asia/Shanghai')::date) OVER (
            PARTITION BY enterprise_id, scene_id, day, payer_ref, kind
        ) AS payer_known_day
    FROM receipts_receipt AS receipt
    WHERE %(enterprise_id)s::uuid IS NULL OR enterprise_id = %(enterprise_id)s::uuid
) AS known
GROUP BY enterprise_id, scene_id, day, known_day
