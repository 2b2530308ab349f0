-- Keep what is new: the first of each receipt in the batch that is not known yet. Batches about a business take
-- turns (`begin_batch`), so nothing can become known in between, and rows go in without a test of their own.
INSERT INTO receipts_receipt
    (enterprise_id, scene_id, receipt_no, kind, paid_at, day, amount, payer_ref, channel, received_at)
SELECT DISTINCT ON (receipt_no, kind)
    %(enterprise_id)s, %(scene_id)s, receipt_no, kind, paid_at,
    (paid_at AT TIME ZONE 'Asia/Shanghai')::date, amount, payer_ref, channel, %(now)s
FROM receipts_incoming AS incoming
WHERE NOT EXISTS (
    SELECT FROM receipts_receipt AS kept
    WHERE kept.enterprise_id = %(enterprise_id)s AND kept.scene_id = %(scene_id)s
        AND kept.receipt_no = incoming.receipt_no AND kept.kind = incoming.kind
)
ORDER BY receipt_no, kind, line
