-- What may still be drawn on open lines: a commitment that cannot be called off at will (E-02).
SELECT c.id AS exposure_id,
       c.enterprise_id AS debtor_id,
       c.product_code::text AS segment,
       0::bigint AS drawn,
       c."limit" - c.drawn AS undrawn,
       false AS is_cancellable,
       c.annual_rate,
       NULL::date AS oldest_due_date,
       NULL::date AS second_due_date,
       true AS is_retail
  FROM credit_lines_creditline c
 WHERE c.status = 'active' AND c."limit" > c.drawn
