-- Keep what is new: the first of each receipt in the batch that is not known yet. Batches about a business take
-- turns (`begin_batch`), so nothing can become known in between, and rows go in without a test of their own.
INSERT INTO receipts_receipt (/* columns */)
SELECT DISTINCT ON (receipt_no, kind) /* columns */
FROM receipts_incoming AS incoming
WHERE NOT EXISTS (
    SELECT FROM receipts_receipt AS kept
    WHERE kept.feed_id = %(feed_id)s AND kept.receipt_no = incoming.receipt_no AND kept.kind = incoming.kind
)
ORDER BY receipt_no, kind, line
