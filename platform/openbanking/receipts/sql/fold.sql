-- The days of a batch anew, from every receipt of those days: what each grew by since it was last known, and the
-- signs of brushing on it. A sign is a property of one sale that more receipts can only add to, never take away;
-- `doubtful` sales count for nothing.
WITH touched AS (
    /* touched */
),
marked AS (
    SELECT
        day, kind = 'sale' AS sale, amount, payer_ref, channel = 'personal_code' AS personal,
        coalesce(payer_ref = ANY (%(own)s), false) AS own,
        payer_ref IS NOT NULL AND bool_or(kind = 'refund') OVER payer AS looped,
        payer_ref IS NOT NULL AND row_number() OVER payer_in_time > 1 AS again,
        payer_ref IS NOT NULL AND coalesce(paid_at - lag(paid_at) OVER payer_in_time <= '10 minutes', false) AS soon,
        extract(hour FROM paid_at AT TIME ZONE 'Asia/Shanghai') < 5 AS night,
        amount %% 10000 = 0 AS round,
        coalesce(paid_at - lag(paid_at) OVER same_amount <= '30 seconds', false) AS twin,
        coalesce(paid_at - lag(paid_at) OVER day_in_time <= '30 seconds', false) AS rapid
    FROM receipts_receipt JOIN touched USING (day)
    WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s
    WINDOW
        payer AS (PARTITION BY day, payer_ref),
        payer_in_time AS (PARTITION BY day, payer_ref, kind ORDER BY paid_at, receipt_no),
        same_amount AS (PARTITION BY day, kind, amount ORDER BY paid_at, receipt_no),
        day_in_time AS (PARTITION BY day, kind ORDER BY paid_at, receipt_no)
),
judged AS (
    SELECT *, own OR looped OR soon
        OR again::integer + night::integer + round::integer + twin::integer + rapid::integer >= 2 AS doubtful
    FROM marked
),
payers AS (
    SELECT day, coalesce(max(amount) FILTER (WHERE NOT personal AND NOT doubtful), 0) AS best,
        coalesce(max(amount) FILTER (WHERE personal AND NOT doubtful), 0) AS best_personal
    FROM judged
    WHERE sale AND payer_ref IS NOT NULL
    GROUP BY day, payer_ref
),
evidence AS (
    SELECT day, count(*) AS payer_count, sum(best) AS evidenced,
        sum(greatest(best_personal - best, 0)) AS evidenced_personal
    FROM payers GROUP BY day
),
counted AS (
    SELECT
        day,
        count(*) FILTER (WHERE sale) AS sale_count,
        coalesce(sum(amount) FILTER (WHERE sale), 0) AS sales,
        count(*) FILTER (WHERE NOT sale) AS refund_count,
        coalesce(sum(amount) FILTER (WHERE NOT sale), 0) AS refunds,
        count(*) FILTER (
            WHERE sale AND NOT (own OR looped OR again OR night OR round OR twin OR rapid)
        ) AS plain_count,
        count(*) FILTER (WHERE sale AND doubtful) AS doubtful_count,
        count(*) FILTER (WHERE sale AND own) AS own_count,
        count(*) FILTER (WHERE sale AND looped) AS loop_count,
        count(*) FILTER (WHERE sale AND again) AS again_count,
        count(*) FILTER (WHERE sale AND soon) AS soon_count,
        count(*) FILTER (WHERE sale AND night) AS night_count,
        count(*) FILTER (WHERE sale AND round) AS round_count,
        count(*) FILTER (WHERE sale AND twin) AS twin_count,
        count(*) FILTER (WHERE sale AND rapid) AS rapid_count,
        count(payer_ref) FILTER (WHERE sale) AS payer_known_count,
        coalesce(sum(amount) FILTER (WHERE sale AND personal), 0) AS personal_sales
    FROM judged GROUP BY day
),
before AS (
    SELECT day, sum(sale_count) AS sale_count, sum(sales) AS sales, sum(refund_count) AS refund_count,
        sum(refunds) AS refunds, sum(payer_count) AS payer_count
    FROM receipts_receiptday JOIN touched USING (day)
    WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s
    GROUP BY day
),
grown AS (
    SELECT
        day,
        counted.sale_count - coalesce(before.sale_count, 0) AS sale_count,
        counted.sales - coalesce(before.sales, 0) AS sales,
        counted.refund_count - coalesce(before.refund_count, 0) AS refund_count,
        counted.refunds - coalesce(before.refunds, 0) AS refunds,
        coalesce(evidence.payer_count, 0) - coalesce(before.payer_count, 0) AS payer_count
    FROM counted LEFT JOIN evidence USING (day) LEFT JOIN before USING (day)
),
folded AS (
    INSERT INTO receipts_receiptday
        (enterprise_id, scene_id, day, known_day, sale_count, sales, refund_count, refunds, payer_count)
    SELECT
        %(enterprise_id)s, %(scene_id)s, day, (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date,
        sale_count, sales, refund_count, refunds, payer_count
    FROM grown
    WHERE (sale_count, refund_count) <> (0, 0)
    ORDER BY day
    ON CONFLICT (enterprise_id, scene_id, day, known_day) DO UPDATE SET
        sale_count = receipts_receiptday.sale_count + EXCLUDED.sale_count,
        sales = receipts_receiptday.sales + EXCLUDED.sales,
        refund_count = receipts_receiptday.refund_count + EXCLUDED.refund_count,
        refunds = receipts_receiptday.refunds + EXCLUDED.refunds,
        payer_count = receipts_receiptday.payer_count + EXCLUDED.payer_count
)
INSERT INTO receipts_receiptsigns
    (enterprise_id, scene_id, day, known_day, /* columns */)
SELECT
    %(enterprise_id)s, %(scene_id)s, day, (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date, /* values */
FROM counted LEFT JOIN evidence USING (day)
WHERE sale_count > 0
ORDER BY day
ON CONFLICT (enterprise_id, scene_id, day, known_day) DO UPDATE SET /* updates */
