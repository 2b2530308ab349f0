-- Takings of every enterprise and scene in a window; a day counts as active when it has a sale.
SELECT
    window_days.enterprise_id,
    window_days.scene_id,
    count(*) FILTER (WHERE sale_count > 0)::integer AS active_days,
    floor(percentile_cont(0.5) WITHIN GROUP (ORDER BY sales) FILTER (WHERE sale_count > 0)) AS median_daily,
    sum(sales) AS sales,
    sum(refunds) AS refunds,
    (
        SELECT min(every_day.day) FROM receipts_receiptday AS every_day
        WHERE every_day.enterprise_id = window_days.enterprise_id
            AND every_day.scene_id = window_days.scene_id
    ) AS first_day
FROM (
    SELECT enterprise_id, scene_id, day, sum(sale_count) AS sale_count, sum(sales) AS sales, sum(refunds) AS refunds
    FROM receipts_receiptday
    WHERE day >= %(start_date)s AND day < %(end_date)s
    GROUP BY enterprise_id, scene_id, day
) AS window_days
GROUP BY window_days.enterprise_id, window_days.scene_id
HAVING count(*) FILTER (WHERE sale_count > 0) > 0
ORDER BY window_days.enterprise_id, window_days.scene_id
