-- The folded days against a recount of every receipt; a row here is a defect.
WITH recounted AS (
    /* recount */
),
folded AS (
    SELECT enterprise_id, scene_id, day, known_day, sale_count, sales, refund_count, refunds, payer_count
    FROM receipts_receiptday
    WHERE %(enterprise_id)s::uuid IS NULL OR enterprise_id = %(enterprise_id)s::uuid
)
SELECT DISTINCT coalesce(recounted.enterprise_id, folded.enterprise_id), coalesce(recounted.scene_id, folded.scene_id),
    coalesce(recounted.day, folded.day)
FROM recounted FULL JOIN folded USING (enterprise_id, scene_id, day, known_day)
WHERE (recounted.sale_count, recounted.sales, recounted.refund_count, recounted.refunds, recounted.payer_count)
    IS DISTINCT FROM
    (folded.sale_count, folded.sales, folded.refund_count, folded.refunds, folded.payer_count)
ORDER BY 1, 2, 3
