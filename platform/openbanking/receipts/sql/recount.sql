SELECT
    enterprise_id,
    scene_id,
    day,
    known_day,
    count(*) FILTER (WHERE kind = 1) AS sale_count,
    coalesce(sum(amount) FILTER (WHERE kind = 1), 0) AS sales,
    count(*) FILTER (WHERE kind = 2) AS refund_count,
    coalesce(sum(amount) FILTER (WHERE kind = 2), 0) AS refunds,
    count(DISTINCT payer_ref) FILTER (WHERE kind = 1 AND known_day = payer_known_day) AS payer_count
FROM (
    SELECT enterprise_id, scene_id, day, kind, amount, payer_ref,
        (received_at AT TIME ZONE 'Asia/Shanghai')::date AS known_day,
        min((received_at AT TIME ZONE 'Asia/Shanghai')::date) OVER (
            PARTITION BY receipt.feed_id, day, payer_ref, kind
        ) AS payer_known_day
    FROM receipts_receipt AS receipt
    LEFT JOIN receipts_receiptdelivery AS delivery ON delivery.id = receipt.delivery_id
    LEFT JOIN receipts_receiptfeed AS feed ON feed.id = receipt.feed_id
    WHERE %(enterprise_id)s::uuid IS NULL OR enterprise_id = %(enterprise_id)s::uuid
) AS known
GROUP BY enterprise_id, scene_id, day, known_day
