-- The loans' side of the books at one date: what all of them owe and the VAT of what they earned, in one parallel scan.
-- A settled loan owes nothing, so only those that run are asked; VAT stays in the books when a loan is settled, and so
-- does what was paid too much: every loan that bears one or has the other is read. With %%(whole)s all of them are.
--
-- It reckons what each loan earned from its row by itself and shares nothing with the accrual's statement but the rule
-- of rounding: div(2n + bump, 2d) is n / d by the loan's own rule. bigint does it where nothing was earned at an
-- earlier rate and a product stays below 4 * 10^12 at a rate of at most 100 %%; numeric does the rest, to the same.
SELECT coalesce(sum(CASE status WHEN 'disbursing' THEN principal ELSE outstanding END), 0) AS principal,
       coalesce(sum(interest - interest_paid - overdue_interest) FILTER (WHERE status <> 'disbursing'), 0) AS interest,
       coalesce(sum(penalty + compound - penalty_paid - compound_paid + overdue_interest)
                FILTER (WHERE status <> 'disbursing'), 0) AS receivable,
       count(*) FILTER (WHERE status <> 'disbursing') AS loan_count,
       coalesce(sum((2 * (interest - CASE WHEN exempt_ppm = 0 THEN 0
                              ELSE (2 * interest * exempt_ppm + tagged_ppm) / (2 * tagged_ppm) END) * vat_ppm
                         + 1000000 + vat_ppm) / (2 * (1000000 + vat_ppm))
                    + (2 * (penalty + compound) * vat_ppm + 1000000 + vat_ppm) / (2 * (1000000 + vat_ppm)))
                FILTER (WHERE status <> 'disbursing' AND vat_ppm > 0), 0) AS vat,
       coalesce(sum(credit_balance), 0) AS credit_balance
  FROM (
    SELECT status, principal, outstanding, interest_paid, penalty_paid, compound_paid, overdue_interest, credit_balance,
           vat_ppm::bigint AS vat_ppm, tagged_ppm::bigint AS tagged_ppm, exempt_ppm::bigint AS exempt_ppm,
           CASE WHEN method <> 'daily_interest' THEN
                    earlier_interest + CASE WHEN span_days = 0 THEN 0 ELSE
                        (2 * span_interest * least(span_days, greatest(0,
                             CASE accrual_days WHEN 'actual' THEN %(actual)s ELSE %(thirty)s END - span_start_index))
                         + span_days) / (2 * span_days) END
                WHEN interest_product < 4000000000000 AND annual_rate <= 1 AND interest_earlier = 0
                THEN (interest_product * (annual_rate * 1000000)::bigint * 2 + bump) / divisor
                ELSE div((interest_earlier + interest_product::numeric * (annual_rate * 1000000)) * 2 + bump, divisor)::bigint
           END AS interest,
           CASE WHEN penalty_product = 0 AND penalty_earlier = 0 THEN 0
                WHEN penalty_product < 4000000000000 AND penalty_rate <= 1 AND penalty_earlier = 0
                THEN (penalty_product * (penalty_rate * 1000000)::bigint * 2 + bump) / divisor
                ELSE div((penalty_earlier + penalty_product::numeric * (penalty_rate * 1000000)) * 2 + bump, divisor)::bigint
           END AS penalty,
           CASE WHEN compound_product = 0 AND compound_earlier = 0 THEN 0
                WHEN compound_product < 4000000000000 AND penalty_rate <= 1 AND compound_earlier = 0
                THEN (compound_product * (penalty_rate * 1000000)::bigint * 2 + bump) / divisor
                ELSE div((compound_earlier + compound_product::numeric * (penalty_rate * 1000000)) * 2 + bump, divisor)::bigint
           END AS compound
      FROM (
        SELECT status, principal, outstanding, interest_paid, penalty_paid, compound_paid, overdue_interest,
               credit_balance, vat_ppm, tagged_ppm, exempt_ppm, method, accrual_days, annual_rate, penalty_rate,
               interest_earlier, penalty_earlier, compound_earlier,
               earlier_interest, span_interest, span_days, span_start_index,
               day_basis * 2000000::bigint AS divisor,
               CASE rounding WHEN 'ROUND_HALF_UP' THEN day_basis * 1000000::bigint
                             WHEN 'ROUND_UP' THEN day_basis * 2000000::bigint - 2
                             ELSE 0 END AS bump,
               interest_product
                   + outstanding * greatest(0, least(%(accrued_through)s::date, due_date) - segment_date) AS interest_product,
               penalty_product
                   + CASE WHEN method = 'daily_interest'
                          THEN outstanding * greatest(0, %(accrued_through)s::date - greatest(segment_date, due_date))
                          ELSE overdue_principal * greatest(0, %(accrued_through)s::date - segment_date) END AS penalty_product,
               compound_product
                   + CASE WHEN compounds THEN overdue_interest * greatest(0, %(accrued_through)s::date - segment_date)
                          ELSE 0 END AS compound_product
          FROM loans_loan
         WHERE status IN ('active', 'disbursing')
            OR status IN ('paid_off', 'written_off') AND (%(whole)s OR vat_ppm > 0 OR credit_balance > 0)
      ) carried
  ) reckoned
