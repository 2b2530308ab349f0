-- What the bank measures of each borrower on a day: takings, where the consent to read them is in force, and days overdue
-- on any of its loans. A borrower without an open line or a warning is not looked at.
SELECT taken.enterprise_id AS subject_id, measure.name AS measure, measure.value
  FROM (SELECT b.enterprise_id, max(last.day) AS last_sale,
               sum(recent.sales) AS sales, sum(recent.refunds) AS refunds,
               sum(recent.sales_before) AS sales_before, sum(recent.refunds_before) AS refunds_before
          FROM (SELECT DISTINCT l.enterprise_id, l.scene_id
                  FROM credit_lines_creditline l
                 WHERE l.status <> 'closed'
                   AND EXISTS (SELECT 1 FROM consents_consent c
                                WHERE c.enterprise_id = l.enterprise_id AND c.scene_id = l.scene_id
                                  AND c.purpose = 'credit_assessment' AND c.data_classes @> ARRAY['receipts']::varchar[]
                                  AND c.status = 'authorised' AND c.expires_at > {now}
                                  AND c.authorised_at <= {now})) b
         CROSS JOIN LATERAL (SELECT sum(r.sales) FILTER (WHERE r.day >= {day} - 30) AS sales,
                                    sum(r.refunds) FILTER (WHERE r.day >= {day} - 30) AS refunds,
                                    sum(r.sales) FILTER (WHERE r.day < {day} - 30) AS sales_before,
                                    sum(r.refunds) FILTER (WHERE r.day < {day} - 30) AS refunds_before
                               FROM receipts_receiptday r
                              WHERE r.enterprise_id = b.enterprise_id AND r.scene_id = b.scene_id
                                AND r.day >= {day} - 120 AND r.day < {day}) recent
          LEFT JOIN LATERAL (SELECT r.day FROM receipts_receiptday r
                              WHERE r.enterprise_id = b.enterprise_id AND r.scene_id = b.scene_id
                                AND r.day < {day} AND r.sale_count > 0
                              ORDER BY r.day DESC LIMIT 1) last ON true
         GROUP BY b.enterprise_id) taken
 CROSS JOIN LATERAL (VALUES
    ('receipts.days_since_sale', ({day} - taken.last_sale)::numeric),
    ('receipts.turnover_ratio_30d',
     CASE WHEN taken.sales_before > 0 THEN round(coalesce(taken.sales, 0) * 3.0 / taken.sales_before, 6) END),
    ('receipts.refund_rate_30d', CASE WHEN taken.sales > 0 THEN round(taken.refunds / taken.sales, 6) END),
    ('receipts.refund_rise_30d',
     CASE WHEN taken.sales > 0 AND taken.sales_before > 0
          THEN round(taken.refunds / taken.sales - taken.refunds_before / taken.sales_before, 6) END)
 ) AS measure(name, value)
UNION ALL
SELECT owed.enterprise_id, 'bank.overdue_days', owed.days::numeric
  FROM (SELECT l.enterprise_id,
               max(CASE l.status WHEN 'active' THEN greatest(0, coalesce({day} - l.oldest_due_date, 0))
                                 WHEN 'written_off' THEN {written_off_days} ELSE 0 END) AS days
          FROM loans_loan l
         GROUP BY l.enterprise_id) owed
 WHERE owed.days > 0
    OR EXISTS (SELECT 1 FROM warnings_warningstate w
                WHERE w.subject_id = owed.enterprise_id AND w.level <> 'none')
