-- What lies ahead of a bank, counted from a business date: the first day on whose end each kind of thing happens. Before
-- the first of them nothing but interest does. A loan that is late stays as it is until it passes the next threshold:
-- `steps` are those of the classification, in days past due, `stops_after` that of the accrual. Nothing that others do is
-- foreseen: it holds while nobody else writes.
SELECT (SELECT min(next_roll_date) FROM loans_loan WHERE status = 'active') AS rolls_on,
       (SELECT min(from_date) FROM loans_ratechange WHERE transaction_id IS NULL) AS rates_change_on,
       least((SELECT min(check_date) FROM classification_state),
             (SELECT min(CASE WHEN width_bucket(%(day)s::date - l.oldest_due_date, %(steps)s::int[]) <> coalesce(s.day_step, 0)
                              THEN %(day)s
                              ELSE l.oldest_due_date + least(
                                  (SELECT min(step) FROM unnest(%(steps)s::int[]) AS step
                                    WHERE l.oldest_due_date + step > %(day)s), %(stops_after)s) END)
                FROM loans_loan l
                LEFT JOIN classification_state s ON s.exposure_id = l.id
               WHERE l.status = 'active' AND l.oldest_due_date < %(day)s)) AS classed_on,
       (date_trunc('month', %(day)s::date) + interval '1 month - 1 day')::date AS month_ends_on,
       (SELECT min(ahead)::date FROM generate_series(%(day)s::date, %(day)s::date + 31, interval '1 day') AS ahead
         WHERE extract(day FROM ahead) IN (SELECT statement_day FROM statements_statementpolicy)) AS stated_on,
       (SELECT min(oldest_due_date) FROM loans_loan WHERE status = 'active' AND overdue_since_date IS NULL) AS late_on,
       (SELECT min(oldest_due_date) - %(soon)s - 1 FROM loans_loan
         WHERE status = 'active' AND oldest_due_date >= %(day)s
           AND (due_soon_date IS NULL OR due_soon_date < oldest_due_date - %(soon)s)) AS told_on,
       (SELECT min(expires_date) - 1 FROM credit_lines_creditline
         WHERE status <> 'closed' AND drawn = repaid AND reserved = 0) AS lines_end_on,
       EXISTS (SELECT FROM participations_participation)
           OR EXISTS (SELECT FROM deferrals_deferredfee)
           OR EXISTS (SELECT FROM loans_stoppedaccrual)
           OR EXISTS (SELECT FROM loans_loan WHERE status = 'active' AND credit_balance > 0)
           OR EXISTS (SELECT FROM classification_state s
                       WHERE s.stage = 3
                          OR s.day_step <> 0 AND NOT EXISTS (SELECT FROM loans_loan l
                                                              WHERE l.id = s.exposure_id AND l.status = 'active'
                                                                AND l.oldest_due_date < %(day)s))
           OR EXISTS (SELECT FROM credit_lines_creditline
                       WHERE status <> 'closed' AND NOT revolving AND repaid > 0 AND drawn = repaid AND reserved = 0)
           OR EXISTS (SELECT FROM payment_rails_paymentinstruction WHERE finished_at IS NULL)
           OR EXISTS (SELECT FROM calendar_year WHERE adopted_at > %(since)s)
           OR EXISTS (SELECT FROM calendar_override WHERE adopted_at > %(since)s) AS anything_goes,
       EXISTS (SELECT FROM loans_loan WHERE status = 'active' AND oldest_due_date < %(day)s) AS is_late
