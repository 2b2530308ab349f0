-- What the active loans earned between two days, by income account and product: one parallel scan of one table, exact integers,
-- rounded per loan. It posts round(I(to)) - round(I(from)), so the daily accruals of a loan add up to its interest to
-- the fen. div(2n + bump, 2d) is n / d rounded by the loan's own rule: half up, up or down. It is reckoned in bigint,
-- several times as fast as numeric, where nothing was earned at an earlier rate and the product stays below 4 * 10^12
-- (100 million yuan for 400 days): with a rate of at most 100 %% it cannot pass 2^63. The rest takes numeric, to the same.
--
-- Daily interest: a product of fen and days at the contract's rate up to the due date, at the penalty rate after it.
-- A schedule: the running span's interest by its days, half up, and penalty and compound interest on what instalments
-- lack. The due roll of the day came first, so the days between lie in the running span. %%(to_thirty)s and the like
-- are the days' numbers by months of thirty days.
--
-- VAT and the exempt part of a loan taxed in part are those of all it earned up to a day, half up, as
-- `lending.tax.booking` has them; only loans that bear VAT are asked. A bigint holds 10^12 fen x millionths x 2.
WITH running AS (
    SELECT income_account, product_version_id, method = 'daily_interest' AS by_day, compounds,
           vat_ppm::bigint AS vat_ppm, tagged_ppm::bigint AS tagged_ppm, exempt_ppm::bigint AS exempt_ppm,
           (annual_rate * 1000000)::bigint AS rate, (penalty_rate * 1000000)::bigint AS penalty_rate,
           day_basis * 2000000::bigint AS divisor,
           CASE rounding WHEN 'ROUND_HALF_UP' THEN day_basis * 1000000::bigint
                         WHEN 'ROUND_UP' THEN day_basis * 2000000::bigint - 2
                         ELSE 0 END AS bump,
           interest_earlier, penalty_earlier, compound_earlier,
           method = 'daily_interest' AND %(from_date)s::date < due_date AS bears_interest,
           interest_product
               + outstanding * greatest(0, least(%(from_date)s::date, due_date) - segment_date) AS product_from,
           interest_product
               + outstanding * greatest(0, least(%(to_date)s::date, due_date) - segment_date) AS product_to,
           earlier_interest, span_interest, span_days,
           least(span_days, greatest(0, CASE accrual_days WHEN 'actual' THEN %(from_actual)s ELSE %(from_thirty)s END
                                        - span_start_index)) AS days_from,
           least(span_days, greatest(0, CASE accrual_days WHEN 'actual' THEN %(to_actual)s ELSE %(to_thirty)s END
                                        - span_start_index)) AS days_to,
           CASE WHEN method = 'daily_interest' THEN %(to_date)s::date > due_date
                ELSE overdue_principal + overdue_interest > 0 END AS bears_penalty,
           penalty_product + CASE WHEN method = 'daily_interest'
               THEN outstanding * greatest(0, %(from_date)s::date - greatest(segment_date, due_date))
               ELSE overdue_principal * (%(from_date)s::date - segment_date) END AS penalty_from,
           penalty_product + CASE WHEN method = 'daily_interest'
               THEN outstanding * greatest(0, %(to_date)s::date - greatest(segment_date, due_date))
               ELSE overdue_principal * (%(to_date)s::date - segment_date) END AS penalty_to,
           compound_product
               + CASE WHEN compounds THEN overdue_interest ELSE 0 END * (%(from_date)s::date - segment_date) AS compound_from,
           compound_product
               + CASE WHEN compounds THEN overdue_interest ELSE 0 END * (%(to_date)s::date - segment_date) AS compound_to
      FROM loans_loan
     WHERE status = 'active' AND (method <> 'daily_interest' OR outstanding > 0)
), earned AS (
    SELECT income_account, product_version_id, vat_ppm, tagged_ppm, exempt_ppm,
           CASE WHEN NOT by_day THEN earlier_interest + CASE WHEN span_days = 0 THEN 0
                    ELSE (2 * span_interest * days_from + span_days) / (2 * span_days) END
                WHEN NOT bears_interest THEN 0
                WHEN product_to < 4000000000000 AND rate <= 1000000 AND interest_earlier = 0
                THEN (product_from * rate * 2 + bump) / divisor
                ELSE div((interest_earlier + product_from::numeric * rate) * 2 + bump, divisor)::bigint
           END AS interest_from,
           CASE WHEN NOT by_day THEN earlier_interest + CASE WHEN span_days = 0 THEN 0
                    ELSE (2 * span_interest * days_to + span_days) / (2 * span_days) END
                WHEN NOT bears_interest THEN 0
                WHEN product_to < 4000000000000 AND rate <= 1000000 AND interest_earlier = 0
                THEN (product_to * rate * 2 + bump) / divisor
                ELSE div((interest_earlier + product_to::numeric * rate) * 2 + bump, divisor)::bigint
           END AS interest_to,
           CASE WHEN NOT bears_penalty THEN 0
                WHEN penalty_to < 4000000000000 AND compound_to < 4000000000000 AND penalty_rate <= 1000000
                     AND penalty_earlier = 0 AND compound_earlier = 0
                THEN (penalty_from * penalty_rate * 2 + bump) / divisor
                     + (compound_from * penalty_rate * 2 + bump) / divisor
                ELSE (div((penalty_earlier + penalty_from::numeric * penalty_rate) * 2 + bump, divisor)
                      + div((compound_earlier + compound_from::numeric * penalty_rate) * 2 + bump, divisor))::bigint
           END AS late_from,
           CASE WHEN NOT bears_penalty THEN 0
                WHEN penalty_to < 4000000000000 AND compound_to < 4000000000000 AND penalty_rate <= 1000000
                     AND penalty_earlier = 0 AND compound_earlier = 0
                THEN (penalty_to * penalty_rate * 2 + bump) / divisor
                     + (compound_to * penalty_rate * 2 + bump) / divisor
                ELSE (div((penalty_earlier + penalty_to::numeric * penalty_rate) * 2 + bump, divisor)
                      + div((compound_earlier + compound_to::numeric * penalty_rate) * 2 + bump, divisor))::bigint
           END AS late_to
      FROM running
), parted AS (
    SELECT *,
           CASE WHEN exempt_ppm = 0 THEN 0
                ELSE (2 * interest_from * exempt_ppm + tagged_ppm) / (2 * tagged_ppm) END AS exempt_from,
           CASE WHEN exempt_ppm = 0 THEN 0
                ELSE (2 * interest_to * exempt_ppm + tagged_ppm) / (2 * tagged_ppm) END AS exempt_to
      FROM earned
), summed AS (
SELECT income_account, product_version_id, sum(interest_to - interest_from) AS interest,
       sum(late_to - late_from) AS late, count(*) AS loan_count, sum(exempt_to - exempt_from) AS exempt,
       sum(CASE WHEN vat_ppm = 0 THEN 0
                ELSE (2 * (interest_to - exempt_to) * vat_ppm + 1000000 + vat_ppm) / (2 * (1000000 + vat_ppm))
                     - (2 * (interest_from - exempt_from) * vat_ppm + 1000000 + vat_ppm) / (2 * (1000000 + vat_ppm))
           END) AS vat,
       sum(CASE WHEN vat_ppm = 0 OR late_to = late_from THEN 0
                ELSE (2 * late_to * vat_ppm + 1000000 + vat_ppm) / (2 * (1000000 + vat_ppm))
                     - (2 * late_from * vat_ppm + 1000000 + vat_ppm) / (2 * (1000000 + vat_ppm))
           END) AS late_vat
  FROM parted
 GROUP BY income_account, product_version_id
)
SELECT income_account, coalesce(code, ''), sum(interest), sum(late), sum(loan_count), sum(exempt), sum(vat), sum(late_vat)
  FROM summed
  LEFT JOIN products_productversion p ON p.id = product_version_id
 GROUP BY 1, 2
 ORDER BY 1, 2
