-- What the active loans earned between two days, by income account: one scan, exact integers, rounded per loan.
-- It posts round(I(to)) - round(I(from)), so the daily accruals of a loan add up to its interest to the fen.
-- div(2n + bump, 2d) is n / d rounded by the loan's own rule: half up, up or down.
WITH products AS (
    SELECT income_account,
           annual_rate * 2000000 AS rate,
           penalty_rate * 2000000 AS penalty_rate,
           day_basis * 2000000::numeric AS divisor,
           CASE rounding
               WHEN 'ROUND_HALF_UP' THEN day_basis * 1000000::numeric
               WHEN 'ROUND_UP' THEN day_basis * 2000000::numeric - 2
               ELSE 0
           END AS bump,
           interest_product
               + outstanding * greatest(0, least(%(from_date)s::date, due_date) - segment_date) AS interest_from,
           interest_product
               + outstanding * greatest(0, least(%(to_date)s::date, due_date) - segment_date) AS interest_to,
           penalty_product
               + outstanding * greatest(0, %(from_date)s::date - greatest(segment_date, due_date)) AS penalty_from,
           penalty_product
               + outstanding * greatest(0, %(to_date)s::date - greatest(segment_date, due_date)) AS penalty_to
      FROM loans_loan
     WHERE status = 'active' AND outstanding > 0
)
SELECT income_account,
       sum(div(interest_to * rate + bump, divisor) - div(interest_from * rate + bump, divisor)),
       sum(div(penalty_to * penalty_rate + bump, divisor) - div(penalty_from * penalty_rate + bump, divisor)),
       count(*)
  FROM products
 GROUP BY income_account
 ORDER BY income_account
