-- What the bank measures of each borrower on a day. What a scene sends is read only where the consent to do so is in force;
-- days overdue on any loan and what the graph knows of guarantees and neighbours are the bank's own. Who is warned of is
-- measured also at nothing, so that a warning can clear.
WITH borrowers AS (
    SELECT DISTINCT l.enterprise_id, l.scene_id
      FROM credit_lines_creditline l
     WHERE l.status <> 'closed' {only_line}
), allowed AS (
    SELECT DISTINCT b.enterprise_id, b.scene_id, class.code AS data_class
      FROM borrowers b
      JOIN consents_consent c ON c.enterprise_id = b.enterprise_id AND c.scene_id = b.scene_id
     CROSS JOIN LATERAL unnest(c.data_classes) AS class(code)
     WHERE c.purpose = 'credit_assessment' AND c.status = 'authorised'
       AND c.authorised_at <= {now} AND c.expires_at > {now}
), warned AS (
    SELECT w.subject_id FROM warnings_warningstate w WHERE w.level <> 'none' {only_warned}
), takings AS (
    SELECT a.enterprise_id, max(last.day) AS last_sale,
           sum(recent.sales) AS sales, sum(recent.refunds) AS refunds,
           sum(recent.sales_before) AS sales_before, sum(recent.refunds_before) AS refunds_before
      FROM allowed a
     CROSS JOIN LATERAL (SELECT sum(r.sales) FILTER (WHERE r.day >= {day} - 30) AS sales,
                                sum(r.refunds) FILTER (WHERE r.day >= {day} - 30) AS refunds,
                                sum(r.sales) FILTER (WHERE r.day < {day} - 30) AS sales_before,
                                sum(r.refunds) FILTER (WHERE r.day < {day} - 30) AS refunds_before
                           FROM receipts_receiptday r
                          WHERE r.enterprise_id = a.enterprise_id AND r.scene_id = a.scene_id
                            AND r.day >= {day} - 120 AND r.day < {day}) recent
      LEFT JOIN LATERAL (SELECT r.day FROM receipts_receiptday r
                          WHERE r.enterprise_id = a.enterprise_id AND r.scene_id = a.scene_id
                            AND r.day < {day} AND r.sale_count > 0
                          ORDER BY r.day DESC LIMIT 1) last ON true
     WHERE a.data_class = 'receipts'
     GROUP BY a.enterprise_id
), invoiced AS (
    SELECT a.enterprise_id, max(last.day) AS last_sale
      FROM allowed a
     CROSS JOIN LATERAL (SELECT i.day FROM streams_invoiceday i
                          WHERE i.enterprise_id = a.enterprise_id AND i.scene_id = a.scene_id
                            AND i.day < {day} AND i.known_day <= {day}
                          GROUP BY i.day HAVING sum(i.sale_count) > 0
                          ORDER BY i.day DESC LIMIT 1) last
     WHERE a.data_class = 'invoices'
     GROUP BY a.enterprise_id
), rated AS (
    SELECT a.enterprise_id,
           sum(r.stars) FILTER (WHERE r.day >= {day} - 30) AS stars,
           sum(r.rating_count) FILTER (WHERE r.day >= {day} - 30) AS ratings,
           sum(r.stars) FILTER (WHERE r.day < {day} - 30) AS stars_before,
           sum(r.rating_count) FILTER (WHERE r.day < {day} - 30) AS ratings_before
      FROM allowed a
      JOIN streams_ratingday r ON r.enterprise_id = a.enterprise_id AND r.scene_id = a.scene_id
                              AND r.day >= {day} - 120 AND r.day < {day} AND r.known_day <= {day}
     WHERE a.data_class = 'orders'
     GROUP BY a.enterprise_id
), taxed AS (
    SELECT a.enterprise_id, sum(t.late_count) AS late
      FROM allowed a
      JOIN streams_taxday t ON t.enterprise_id = a.enterprise_id AND t.scene_id = a.scene_id
                           AND t.day >= {day} - 90 AND t.day < {day} AND t.known_day <= {day}
     WHERE a.data_class = 'taxes'
     GROUP BY a.enterprise_id
), driven AS (
    SELECT a.enterprise_id, p.party_ref,
           sum(p.item_count) FILTER (WHERE p.day >= {day} - 30) AS trips,
           sum(p.item_count) FILTER (WHERE p.day < {day} - 30) AS trips_before
      FROM allowed a
      JOIN streams_partyday p ON p.enterprise_id = a.enterprise_id AND p.scene_id = a.scene_id
                             AND p.stream = 'trips' AND p.day >= {day} - 120 AND p.day < {day}
                             AND p.known_day <= {day}
     WHERE a.data_class = 'telematics'
     GROUP BY a.enterprise_id, p.party_ref
), guaranteed AS (
    SELECT e.id AS subject_id, count(*) AS given
      FROM graph_relation r
      JOIN graph_entity g ON g.id = r.source_id AND g.kind = 'enterprise'
      JOIN enterprises_enterprise e ON e.registration_no = g.ref
     WHERE r.kind = 'guarantees' AND r.valid_from > {day} - 30 AND r.valid_from <= {day}
       AND (r.valid_to IS NULL OR r.valid_to > {day})
     GROUP BY e.id
), bad AS (
    SELECT DISTINCT f.entity_id
      FROM graph_bad_flag f
     WHERE f.valid_from <= {day} AND (f.valid_to IS NULL OR f.valid_to > {day})
), neighboured AS (
    SELECT e.id AS subject_id, count(DISTINCT near.bad_id) AS defaulted
      FROM (SELECT b.entity_id AS bad_id, r.target_id AS entity_id
              FROM bad b JOIN graph_relation r ON r.source_id = b.entity_id
             WHERE r.kind <> 'uses' AND r.valid_from <= {day} AND (r.valid_to IS NULL OR r.valid_to > {day})
             UNION ALL
            SELECT b.entity_id, r.source_id
              FROM bad b JOIN graph_relation r ON r.target_id = b.entity_id
             WHERE r.kind <> 'uses' AND r.valid_from <= {day} AND (r.valid_to IS NULL OR r.valid_to > {day})) near
      JOIN graph_entity g ON g.id = near.entity_id AND g.kind = 'enterprise'
      JOIN enterprises_enterprise e ON e.registration_no = g.ref
     GROUP BY e.id
), owed AS (
    SELECT l.enterprise_id,
           max(CASE l.status WHEN 'active' THEN greatest(0, coalesce({day} - l.oldest_due_date, 0))
                             WHEN 'written_off' THEN {written_off_days} ELSE 0 END) AS days
      FROM loans_loan l
     WHERE true {only_line}
     GROUP BY l.enterprise_id
)
SELECT t.enterprise_id AS subject_id, m.measure, m.value
  FROM takings t
 CROSS JOIN LATERAL (VALUES
    ('receipts.days_since_sale', ({day} - t.last_sale)::numeric),
    ('receipts.turnover_ratio_30d',
     CASE WHEN t.sales_before > 0 THEN round(coalesce(t.sales, 0) * 3.0 / t.sales_before, 6) END),
    ('receipts.refund_rate_30d', CASE WHEN t.sales > 0 THEN round(t.refunds / t.sales, 6) END),
    ('receipts.refund_rise_30d',
     CASE WHEN t.sales > 0 AND t.sales_before > 0
          THEN round(t.refunds / t.sales - t.refunds_before / t.sales_before, 6) END)
 ) AS m(measure, value)
UNION ALL
SELECT i.enterprise_id, 'invoices.days_since_last', ({day} - i.last_sale)::numeric FROM invoiced i
UNION ALL
SELECT r.enterprise_id, 'scene.rating_drop',
       round(r.stars_before::numeric / r.ratings_before - r.stars::numeric / r.ratings, 6)
  FROM rated r
 WHERE r.ratings >= {ratings_least} AND r.ratings_before >= {ratings_least}
UNION ALL
SELECT t.enterprise_id, 'taxes.late_filings_90d', t.late::numeric FROM taxed t
UNION ALL
SELECT d.enterprise_id, 'scene.routes_lost',
       count(*) FILTER (WHERE coalesce(d.trips, 0) = 0 AND d.trips_before >= {trips_least})::numeric
  FROM driven d
 GROUP BY d.enterprise_id
UNION ALL
SELECT coalesce(g.subject_id, w.subject_id), 'graph.guarantees_given_30d', coalesce(g.given, 0)::numeric
  FROM guaranteed g FULL JOIN warned w ON w.subject_id = g.subject_id
 WHERE w.subject_id IS NOT NULL OR g.subject_id IN (SELECT b.enterprise_id FROM borrowers b)
UNION ALL
SELECT coalesce(n.subject_id, w.subject_id), 'graph.neighbours_defaulted', coalesce(n.defaulted, 0)::numeric
  FROM neighboured n FULL JOIN warned w ON w.subject_id = n.subject_id
 WHERE w.subject_id IS NOT NULL OR n.subject_id IN (SELECT b.enterprise_id FROM borrowers b)
UNION ALL
SELECT coalesce(o.enterprise_id, w.subject_id), 'bank.overdue_days', coalesce(o.days, 0)::numeric
  FROM owed o FULL JOIN warned w ON w.subject_id = o.enterprise_id
 WHERE w.subject_id IS NOT NULL OR o.days > 0
