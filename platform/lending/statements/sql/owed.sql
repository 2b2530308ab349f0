-- What each loan of some lines owes at the start of a day, by its own row: the arithmetic of the books' proof. With it
-- what it owed on the statement before, how far its log has got, what of its principal falls due until a payment date.
SELECT o.line_id, o.id, o.after_sequence, o.transaction_count, o.status,
       o.was_principal, o.was_interest, o.was_penalty,
       o.outstanding, o.interest, o.penalty,
       CASE WHEN o.oldest_due_date >= %(on_date)s::date OR o.oldest_due_date IS NULL THEN 0
            WHEN o.method = 'daily_interest' THEN o.outstanding + o.interest + o.penalty
            ELSE o.overdue_principal + o.overdue_interest + o.penalty END AS past_due,
       greatest(0, coalesce(%(on_date)s::date - o.oldest_due_date, 0)) AS days_past_due,
       CASE WHEN o.method = 'daily_interest'
            THEN CASE WHEN o.due_date <= %(payment_due_date)s::date THEN o.outstanding ELSE 0 END
            ELSE coalesce(i.principal, 0) END AS due_principal
  FROM (
    SELECT l.id, l.line_id, l.status, l.method, l.due_date, l.oldest_due_date, l.transaction_count, l.outstanding,
           l.overdue_principal, l.overdue_interest,
           coalesce(a.through_sequence, 0) AS after_sequence,
           coalesce(a.principal, 0) AS was_principal,
           coalesce(a.interest, 0) AS was_interest,
           coalesce(a.penalty, 0) AS was_penalty,
           CASE WHEN l.status <> 'active' THEN 0 WHEN l.method = 'daily_interest' THEN
               div((l.interest_earlier + (l.interest_product + l.outstanding
                        * greatest(0, least(%(on_date)s::date, l.due_date) - l.segment_date))
                   * l.annual_rate * 1000000) * 2 + b.bump, b.divisor) - l.interest_paid
           ELSE l.earlier_interest + CASE WHEN l.span_days = 0 THEN 0 ELSE
               (2 * l.span_interest * least(l.span_days, greatest(0,
                    CASE l.accrual_days WHEN 'actual' THEN %(actual)s ELSE %(thirty)s END - l.span_start_index))
                + l.span_days) / (2 * l.span_days) END - l.interest_paid
           END AS interest,
           CASE WHEN l.status <> 'active' THEN 0 ELSE
               div((l.penalty_earlier + (l.penalty_product
                        + CASE WHEN l.method = 'daily_interest' THEN l.outstanding
                            * greatest(0, %(on_date)s::date - greatest(l.segment_date, l.due_date))
                          ELSE l.overdue_principal * greatest(0, %(on_date)s::date - l.segment_date) END)
                   * l.penalty_rate * 1000000) * 2 + b.bump, b.divisor) - l.penalty_paid
             + div((l.compound_earlier + (l.compound_product + CASE WHEN l.compounds THEN l.overdue_interest ELSE 0 END
                        * greatest(0, %(on_date)s::date - l.segment_date))
                   * l.penalty_rate * 1000000) * 2 + b.bump, b.divisor) - l.compound_paid
           END AS penalty
      FROM loans_loan l
      LEFT JOIN statements_statementaccount a ON a.loan_id = l.id,
           LATERAL (SELECT l.day_basis * 2000000::numeric AS divisor,
                           CASE l.rounding
                               WHEN 'ROUND_HALF_UP' THEN l.day_basis * 1000000::numeric
                               WHEN 'ROUND_UP' THEN l.day_basis * 2000000::numeric - 2
                               ELSE 0
                           END AS bump) b
     WHERE l.line_id = ANY (%(lines)s::uuid[]) AND l.value_date IS NOT NULL
       AND (l.status = 'active' OR l.transaction_count > coalesce(a.through_sequence, 0))
  ) o
  LEFT JOIN LATERAL (
    SELECT sum(i.principal_due - i.principal_paid) AS principal
      FROM loans_instalment i
     WHERE o.method <> 'daily_interest' AND i.loan_id = o.id AND i.due_date <= %(payment_due_date)s::date
  ) i ON true
 ORDER BY o.line_id, o.id
