-- The signs of brushing on the days of a batch, from every receipt of those days. A sign is a property of one
-- sale that more receipts can only add to, never take away; `doubtful` sales count for nothing.
WITH touched AS (
    /* touched */
),
marked AS (
    SELECT
        day, kind, amount, payer_ref, channel = 'personal_code' AS personal,
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
    FROM marked WHERE kind = 'sale'
),
payers AS (
    SELECT day, coalesce(max(amount) FILTER (WHERE NOT personal), 0) AS best,
        coalesce(max(amount) FILTER (WHERE personal), 0) AS best_personal
    FROM judged
    WHERE payer_ref IS NOT NULL AND NOT doubtful
    GROUP BY day, payer_ref
),
evidence AS (
    SELECT day, sum(best) AS evidenced, sum(greatest(best_personal - best, 0)) AS evidenced_personal
    FROM payers GROUP BY day
),
counted AS (
    SELECT
        day,
        count(*) AS sale_count,
        count(*) FILTER (WHERE NOT (own OR looped OR again OR night OR round OR twin OR rapid)) AS plain_count,
        count(*) FILTER (WHERE doubtful) AS doubtful_count,
        count(*) FILTER (WHERE own) AS own_count,
        count(*) FILTER (WHERE looped) AS loop_count,
        count(*) FILTER (WHERE again) AS again_count,
        count(*) FILTER (WHERE soon) AS soon_count,
        count(*) FILTER (WHERE night) AS night_count,
        count(*) FILTER (WHERE round) AS round_count,
        count(*) FILTER (WHERE twin) AS twin_count,
        count(*) FILTER (WHERE rapid) AS rapid_count,
        count(payer_ref) AS payer_known_count,
        coalesce(sum(amount) FILTER (WHERE personal), 0) AS personal_sales
    FROM judged GROUP BY day
)
INSERT INTO receipts_receiptsigns
    (enterprise_id, scene_id, day, known_day, /* columns */)
SELECT
    %(enterprise_id)s, %(scene_id)s, day, (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date, /* values */
FROM counted LEFT JOIN evidence USING (day)
ORDER BY day
ON CONFLICT (enterprise_id, scene_id, day, known_day) DO UPDATE SET /* updates */
