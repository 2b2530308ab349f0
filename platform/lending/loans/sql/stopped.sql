-- What the books hold otherwise for loans that do not accrue, by income account and product, as of a day's start: the
-- rules of `lending.replay.non_accrual` and `entries.apart` over the few rows of loans_stoppedaccrual. What a loan has
-- earned is reckoned as in proof.sql. Of loans that are settled or written off it is what VAT is not asked of.
WITH earned AS (
    SELECT l.income_account, coalesce(p.code, '') AS product, l.vat_ppm, l.tagged_ppm, l.exempt_ppm, l.overdue_interest, l.interest_paid,
           l.penalty_paid + l.compound_paid AS late_paid,
           s.interest_taxed, s.interest_base, s.interest_kept, s.interest_net_ppm, s.interest_forgone,
           s.late_taxed, s.late_base, s.late_kept, s.late_net_ppm, s.late_forgone,
           CASE WHEN l.method = 'daily_interest' THEN
               div((l.interest_earlier + (l.interest_product + l.outstanding
                        * greatest(0, least(%(day)s::date, l.due_date) - l.segment_date))
                   * l.annual_rate * 1000000) * 2 + b.bump, b.divisor)
           ELSE l.earlier_interest + CASE WHEN l.span_days = 0 THEN 0 ELSE
               (2 * l.span_interest * least(l.span_days, greatest(0,
                    CASE l.accrual_days WHEN 'actual' THEN %(actual)s ELSE %(thirty)s END - l.span_start_index))
                + l.span_days) / (2 * l.span_days) END
           END AS interest,
           div((l.penalty_earlier + (l.penalty_product
                    + CASE WHEN l.method = 'daily_interest' THEN l.outstanding
                        * greatest(0, %(day)s::date - greatest(l.segment_date, l.due_date))
                      ELSE l.overdue_principal * greatest(0, %(day)s::date - l.segment_date) END)
               * l.penalty_rate * 1000000) * 2 + b.bump, b.divisor)
           + div((l.compound_earlier + (l.compound_product + CASE WHEN l.compounds THEN l.overdue_interest ELSE 0 END
                    * greatest(0, %(day)s::date - l.segment_date))
               * l.penalty_rate * 1000000) * 2 + b.bump, b.divisor) AS late
      FROM loans_stoppedaccrual s
      JOIN loans_loan l ON l.id = s.loan_id
      LEFT JOIN products_productversion p ON p.id = l.product_version_id,
           LATERAL (SELECT l.day_basis * 2000000::numeric AS divisor,
                           CASE l.rounding
                               WHEN 'ROUND_HALF_UP' THEN l.day_basis * 1000000::numeric
                               WHEN 'ROUND_UP' THEN l.day_basis * 2000000::numeric - 2
                               ELSE 0
                           END AS bump) b
), recognised AS (
    SELECT *,
           least(interest - interest_forgone, greatest(interest_paid - interest_forgone, interest_kept
               + div(2 * greatest(0, interest - interest_base) * interest_net_ppm + 1000000, 2000000))) AS interest_in,
           least(late - late_forgone, greatest(late_paid - late_forgone, late_kept
               + div(2 * greatest(0, late - late_base) * late_net_ppm + 1000000, 2000000))) AS late_in,
           least(interest, greatest(interest_taxed, interest_paid - interest_forgone)) AS interest_asked,
           least(late, greatest(late_taxed, late_paid - late_forgone)) AS late_asked
      FROM earned
), parted AS (
    SELECT income_account, product, vat_ppm, late, late_asked, interest, interest_asked,
           interest - interest_forgone - interest_in AS interest_waits,
           late - late_forgone - late_in AS late_waits,
           overdue_interest - least(overdue_interest, greatest(0, interest_in + interest_forgone - interest_paid)) AS not_due,
           CASE WHEN exempt_ppm = 0 THEN 0
                ELSE div(2 * interest * exempt_ppm + tagged_ppm, 2 * tagged_ppm) END AS exempt,
           CASE WHEN exempt_ppm = 0 THEN 0
                ELSE div(2 * interest_in * exempt_ppm + tagged_ppm, 2 * tagged_ppm) END AS exempt_in,
           CASE WHEN exempt_ppm = 0 THEN 0
                ELSE div(2 * interest_asked * exempt_ppm + tagged_ppm, 2 * tagged_ppm) END AS exempt_asked
      FROM recognised
)
SELECT income_account, product, sum(interest_waits), sum(late_waits), sum(not_due), sum(exempt - exempt_in),
       sum(CASE WHEN vat_ppm = 0 THEN 0
                ELSE div(2 * (interest - exempt) * vat_ppm + 1000000 + vat_ppm, 2 * (1000000::numeric + vat_ppm))
                     - div(2 * (interest_asked - exempt_asked) * vat_ppm + 1000000 + vat_ppm, 2 * (1000000::numeric + vat_ppm))
           END),
       sum(CASE WHEN vat_ppm = 0 THEN 0
                ELSE div(2 * late * vat_ppm + 1000000 + vat_ppm, 2 * (1000000::numeric + vat_ppm))
                     - div(2 * late_asked * vat_ppm + 1000000 + vat_ppm, 2 * (1000000::numeric + vat_ppm))
           END)
  FROM parted
 GROUP BY income_account, product
