-- One enterprise's days in a scene as they were known by a date, each with the last known signs of that day.
SELECT
    days.day, days.sale_count, sales, refund_count, refunds, payer_count, late_count, /* columns */
FROM (
    SELECT
        day, sum(sale_count)::integer AS sale_count, sum(sales)::bigint AS sales,
        sum(refund_count)::integer AS refund_count, sum(refunds)::bigint AS refunds,
        sum(payer_count)::integer AS payer_count,
        coalesce(sum(sale_count) FILTER (WHERE known_day > day + 3), 0)::integer AS late_count
    FROM receipts_receiptday
    WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s
        AND day >= %(start_date)s AND day < %(end_date)s AND known_day <= %(known_by)s
    GROUP BY day
) AS days
LEFT JOIN (
    SELECT DISTINCT ON (day) *
    FROM receipts_receiptsigns
    WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s
        AND day >= %(signs_since)s AND day < %(end_date)s AND known_day <= %(known_by)s
    ORDER BY day, known_day DESC
) AS signs USING (day)
ORDER BY days.day
