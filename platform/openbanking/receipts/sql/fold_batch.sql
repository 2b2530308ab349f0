-- One statement: keep what is new, count its payers, add it to the days.
-- Only rows that this statement itself inserted are added up, so a receipt counts once
-- however often, in whatever order and in however many batches it is sent.
WITH fresh AS (
    INSERT INTO receipts_receipt
        (enterprise_id, scene_id, receipt_no, kind, paid_at, day, amount, payer_ref, channel, received_at)
    SELECT DISTINCT ON (receipt_no, kind)
        %(enterprise_id)s, %(scene_id)s, receipt_no, kind, paid_at,
        (paid_at AT TIME ZONE 'Asia/Shanghai')::date, amount, payer_ref, channel, %(now)s
    FROM receipts_incoming
    ORDER BY receipt_no, kind, line
    ON CONFLICT DO NOTHING
    RETURNING kind, day, amount, payer_ref
),
new_payers AS (
    INSERT INTO receipts_receiptpayer (enterprise_id, scene_id, day, payer_ref)
    SELECT DISTINCT %(enterprise_id)s::uuid, %(scene_id)s::uuid, day, payer_ref
    FROM fresh
    WHERE kind = 'sale' AND payer_ref IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING day
),
payers_by_day AS (
    SELECT day, count(*) AS payer_count FROM new_payers GROUP BY day
),
fresh_by_day AS (
    SELECT
        day,
        count(*) FILTER (WHERE kind = 'sale') AS sale_count,
        coalesce(sum(amount) FILTER (WHERE kind = 'sale'), 0) AS sales,
        count(*) FILTER (WHERE kind = 'refund') AS refund_count,
        coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunds
    FROM fresh
    GROUP BY day
),
folded AS (
    INSERT INTO receipts_receiptday
        (enterprise_id, scene_id, day, known_day, sale_count, sales, refund_count, refunds, payer_count)
    SELECT
        %(enterprise_id)s, %(scene_id)s, day, (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date, sale_count, sales, refund_count, refunds,
        coalesce(payer_count, 0)
    FROM fresh_by_day LEFT JOIN payers_by_day USING (day)
    ORDER BY day
    ON CONFLICT (enterprise_id, scene_id, day, known_day) DO UPDATE SET
        sale_count = receipts_receiptday.sale_count + EXCLUDED.sale_count,
        sales = receipts_receiptday.sales + EXCLUDED.sales,
        refund_count = receipts_receiptday.refund_count + EXCLUDED.refund_count,
        refunds = receipts_receiptday.refunds + EXCLUDED.refunds,
        payer_count = receipts_receiptday.payer_count + EXCLUDED.payer_count
)
SELECT count(*) FROM fresh
