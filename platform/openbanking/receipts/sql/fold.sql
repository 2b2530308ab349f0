-- The days of a batch anew, from every receipt of those days: what each grew by since it was last known, and the
-- signs of brushing on it. A sign is a property of one sale that more receipts can only add to, never take away;
-- `doubtful` sales count for nothing.
--
-- Every sale goes through one sort, by time. Two signs need another, by amount and by payer, and most sales can
-- show neither: a twin has a sale within 30 seconds, and a payer who came once that day did not come again. So
-- only suspects are sorted again, and the rest are counted as they are. Payers are told apart by a number first,
-- made of payer and day; where two share one, both are suspects and then told apart by what they are.
--
-- `signs` of a sale: 1 rapid, 2 twin, 4 night, 8 round, 16 personal code, 32 payer known, 64 again, 128 soon.
WITH refunds AS MATERIALIZED (
    SELECT day, amount, payer_ref, hashtextextended(payer_ref, day - DATE '2000-01-01') AS payer
    FROM receipts_receipt
    WHERE feed_id = %(feed_id)s AND day = ANY (%(days)s) AND kind = 2
),
timed AS MATERIALIZED (
    SELECT
        day, paid_at, amount, payer_ref, hashtextextended(payer_ref, day - DATE '2000-01-01') AS payer,
        row_number() OVER by_time AS place,
        coalesce(lead(paid_at) OVER by_time <= paid_at + INTERVAL '30 seconds', false) AS followed,
        -- Shanghai keeps one offset in all the years that receipts may be of.
        CASE WHEN lag(paid_at) OVER by_time >= paid_at - INTERVAL '30 seconds'
            AND (lag(paid_at) OVER by_time AT TIME ZONE INTERVAL '8 hours')::date = day THEN 1 ELSE 0 END
        + CASE WHEN (paid_at AT TIME ZONE INTERVAL '8 hours')::time < '05:00' THEN 4 ELSE 0 END
        + CASE WHEN amount %% 10000 = 0 THEN 8 ELSE 0 END
        + CASE WHEN channel = 2 THEN 16 ELSE 0 END
        + CASE WHEN payer_ref IS NULL THEN 0 ELSE 32 END AS signs
    FROM receipts_receipt
    WHERE feed_id = %(feed_id)s AND day = ANY (%(days)s) AND kind = 1
    WINDOW by_time AS (ORDER BY paid_at, receipt_no)
),
parted AS (
    SELECT *, (followed OR signs & 1 = 1 OR payer_ref = ANY (%(own)s) OR payer IN (
            SELECT payer FROM timed WHERE payer IS NOT NULL GROUP BY payer HAVING count(*) > 1
            UNION ALL
            SELECT payer FROM refunds WHERE payer IS NOT NULL
        )) IS TRUE AS suspect
    FROM timed
),
twins AS (
    SELECT day, paid_at, amount, payer_ref, payer, place,
        CASE WHEN lag(paid_at) OVER same_amount >= paid_at - INTERVAL '30 seconds' THEN signs + 2 ELSE signs END
            AS signs
    FROM parted
    WHERE suspect
    -- Amount and day in one number; days that share it are 22 years apart.
    WINDOW same_amount AS (PARTITION BY amount * 8192 + (day - DATE '2000-01-01') %% 8192 ORDER BY place)
),
marked AS (
    SELECT day, amount, payer_ref,
        lag(place) OVER payer_in_time IS NOT NULL OR lead(place) OVER payer_in_time IS NOT NULL AS repeated,
        CASE
            WHEN payer_ref IS NULL OR lag(place) OVER payer_in_time IS NULL THEN signs
            WHEN lag(paid_at) OVER payer_in_time < paid_at - INTERVAL '10 minutes' THEN signs + 64
            ELSE signs + 192
        END AS signs
    FROM twins
    WINDOW payer_in_time AS (PARTITION BY payer, payer_ref, day ORDER BY place)
),
-- From here on a row is all sales of a day with the same signs; of payers who came more than once, each by itself.
weighed AS (
    SELECT
        day, signs, CASE WHEN repeated THEN payer_ref END AS payer_ref,
        coalesce(payer_ref = ANY (%(own)s), false) AS own,
        coalesce((day, payer_ref) IN (SELECT day, payer_ref FROM refunds WHERE payer_ref IS NOT NULL), false) AS looped,
        count(*) AS number, sum(amount) AS amount, max(amount) AS highest
    FROM marked
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT day, signs, NULL, false, false, count(*), sum(amount), NULL
    FROM parted
    WHERE NOT suspect
    GROUP BY 1, 2
),
judged AS (
    SELECT *, own OR looped OR signs & 128 = 128 OR bit_count((signs & 79)::bit(8)) >= 2 AS doubtful
    FROM weighed
),
payers AS (
    SELECT day, coalesce(max(highest) FILTER (WHERE signs & 16 = 0 AND NOT doubtful), 0) AS best,
        coalesce(max(highest) FILTER (WHERE signs & 16 = 16 AND NOT doubtful), 0) AS best_personal
    FROM judged
    WHERE payer_ref IS NOT NULL
    GROUP BY day, payer_ref
),
came_again AS (
    SELECT day, sum(best) AS evidenced, sum(greatest(best_personal - best, 0)) AS evidenced_personal
    FROM payers GROUP BY day
),
sold AS (
    SELECT
        day,
        sum(number) AS sale_count,
        sum(amount) AS sales,
        sum(number) FILTER (WHERE signs & 96 = 32) AS payer_count,
        sum(number) FILTER (WHERE signs & 207 = 0 AND NOT (own OR looped)) AS plain_count,
        sum(number) FILTER (WHERE doubtful) AS doubtful_count,
        sum(number) FILTER (WHERE own) AS own_count,
        sum(number) FILTER (WHERE looped) AS loop_count,
        sum(number) FILTER (WHERE signs & 64 = 64) AS again_count,
        sum(number) FILTER (WHERE signs & 128 = 128) AS soon_count,
        sum(number) FILTER (WHERE signs & 4 = 4) AS night_count,
        sum(number) FILTER (WHERE signs & 8 = 8) AS round_count,
        sum(number) FILTER (WHERE signs & 2 = 2) AS twin_count,
        sum(number) FILTER (WHERE signs & 1 = 1) AS rapid_count,
        sum(number) FILTER (WHERE signs & 32 = 32) AS payer_known_count,
        sum(amount) FILTER (WHERE signs & 16 = 16) AS personal_sales,
        sum(amount) FILTER (WHERE signs & 48 = 32 AND payer_ref IS NULL AND NOT doubtful) AS came_once,
        sum(amount) FILTER (WHERE signs & 48 = 48 AND payer_ref IS NULL AND NOT doubtful) AS came_once_personal
    FROM judged GROUP BY day
),
paid_back AS (
    SELECT day, count(*) AS refund_count, sum(amount) AS refunds FROM refunds GROUP BY day
),
counted AS (
    SELECT
        day, sale_count, sales, payer_count, refund_count, refunds,
        plain_count, doubtful_count, own_count, loop_count, again_count, soon_count,
        night_count, round_count, twin_count, rapid_count, payer_known_count, personal_sales,
        coalesce(came_once, 0) + coalesce(evidenced, 0) AS evidenced,
        coalesce(came_once_personal, 0) + coalesce(evidenced_personal, 0) AS evidenced_personal
    FROM sold FULL JOIN paid_back USING (day) LEFT JOIN came_again USING (day)
),
before AS (
    SELECT day, sum(sale_count) AS sale_count, sum(sales) AS sales, sum(refund_count) AS refund_count,
        sum(refunds) AS refunds, sum(payer_count) AS payer_count
    FROM receipts_receiptday
    WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s AND day = ANY (%(days)s)
    GROUP BY day
),
grown AS (
    SELECT
        day,
        coalesce(counted.sale_count, 0) - coalesce(before.sale_count, 0) AS sale_count,
        coalesce(counted.sales, 0) - coalesce(before.sales, 0) AS sales,
        coalesce(counted.refund_count, 0) - coalesce(before.refund_count, 0) AS refund_count,
        coalesce(counted.refunds, 0) - coalesce(before.refunds, 0) AS refunds,
        coalesce(counted.payer_count, 0) - coalesce(before.payer_count, 0) AS payer_count
    FROM counted LEFT JOIN before USING (day)
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
FROM counted
WHERE sale_count > 0
ORDER BY day
ON CONFLICT (enterprise_id, scene_id, day, known_day) DO UPDATE SET /* updates */
