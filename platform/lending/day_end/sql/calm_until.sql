-- The first day that is not calm, counted from a business date: on the days before it nothing falls due, is late, is
-- to be told, reviewed, shared or earned by a curve, no rate changes and no line runs out. Nothing that others do is
-- foreseen: it holds while nobody else writes. A month's last day is never calm.
SELECT least(
    (date_trunc('month', %(day)s::date) + interval '1 month - 1 day')::date,
    (SELECT min(CASE WHEN due_soon_date IS NULL OR due_soon_date < oldest_due_date - %(soon)s
                     THEN oldest_due_date - %(soon)s - 1 ELSE oldest_due_date END)
       FROM loans_loan WHERE status = 'active' AND oldest_due_date IS NOT NULL),
    (SELECT min(from_date) FROM loans_ratechange WHERE transaction_id IS NULL),
    (SELECT min(expires_date) - 1 FROM credit_lines_creditline
      WHERE status <> 'closed' AND drawn = repaid AND reserved = 0),
    (SELECT min(check_date) FROM classification_state),
    (SELECT min(day) FROM (
        SELECT %(day)s::date AS day WHERE EXISTS (SELECT FROM participations_participation)
            OR EXISTS (SELECT FROM deferrals_deferredfee)
            OR EXISTS (SELECT FROM loans_stoppedaccrual)
            OR EXISTS (SELECT FROM loans_loan WHERE status = 'active' AND credit_balance > 0)
            OR EXISTS (SELECT FROM classification_state WHERE day_step <> 0)
            OR EXISTS (SELECT FROM credit_lines_creditline
                        WHERE status <> 'closed' AND NOT revolving AND repaid > 0 AND drawn = repaid AND reserved = 0)
            OR EXISTS (SELECT FROM payment_rails_paymentinstruction WHERE finished_at IS NULL)
            OR EXISTS (SELECT FROM calendar_year WHERE adopted_at > %(since)s)
            OR EXISTS (SELECT FROM calendar_override WHERE adopted_at > %(since)s)) never))
