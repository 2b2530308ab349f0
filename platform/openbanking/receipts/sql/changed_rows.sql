-- Rows whose receipt is known with other content: the first that was kept stands, the row is refused.
SELECT incoming.line
FROM receipts_incoming AS incoming
JOIN receipts_receipt AS kept
    ON kept.feed_id = %(feed_id)s
    AND kept.receipt_no = incoming.receipt_no AND kept.kind = incoming.kind
WHERE (kept.paid_at, kept.amount, kept.payer_ref, kept.channel)
    IS DISTINCT FROM (incoming.paid_at, incoming.amount, incoming.payer_ref, incoming.channel)
ORDER BY incoming.line
