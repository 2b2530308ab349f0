SELECT day, max(known_day) AS known_day, sum(sale_count)::integer AS sale_count, sum(sales)::bigint AS sales,
       sum(refund_count)::integer AS refund_count, sum(refunds)::bigint AS refunds,
       sum(payer_count)::integer AS payer_count,
       coalesce(sum(sale_count) FILTER (WHERE known_day > day + 3), 0)::integer AS late_count
  FROM receipts_receiptday
 WHERE enterprise_id = in_enterprise_id AND scene_id = in_scene_id AND day >= /* start */ AND day < /* end */
       /* known */
 GROUP BY day
 ORDER BY day
