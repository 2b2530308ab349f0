-- Every loan that is owed, in the columns that risk.classification agrees with its callers. What is owed is principal
-- and overdue interest. Loans of micro and small businesses are judged loan by loan (C-03 does not join them).
SELECT l.id AS exposure_id,
       l.enterprise_id AS debtor_id,
       coalesce(p.code, '*')::text AS segment,
       l.outstanding + l.overdue_interest AS drawn,
       0::bigint AS undrawn,
       false AS is_cancellable,
       l.annual_rate,
       l.oldest_due_date,
       (SELECT min(i.due_date) FROM loans_instalment i WHERE i.loan_id = l.id AND i.due_date > l.oldest_due_date)
           AS second_due_date,
       true AS is_retail
  FROM loans_loan l
  LEFT JOIN products_productversion p ON p.id = l.product_version_id
 WHERE l.status = 'active'
