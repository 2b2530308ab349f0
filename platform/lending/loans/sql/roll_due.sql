-- The due roll of one business date: instalments payable on it, or since the last roll, become due, and loans whose
-- span of interest has ended go on to their next period. Only loans that have something to do are read, through the
-- index on next_roll_date; nobody's payment waits longer than this statement.
-- What a due instalment lacks joins the overdue balances, whose products are carried to the day first.
WITH rolling AS (
    SELECT id, span_end_date, accrual_days
      FROM loans_loan
     WHERE status = 'active' AND next_roll_date <= %(business_date)s
), falling AS (
    SELECT r.id,
           sum(i.principal_due - i.principal_paid)::bigint AS principal,
           sum(i.interest_due - i.interest_paid)::bigint AS interest,
           sum((i.principal_due - i.principal_paid) * (%(business_date)s::date - i.due_date))::bigint AS principal_days,
           sum((i.interest_due - i.interest_paid) * (%(business_date)s::date - i.due_date))::bigint AS interest_days
      FROM rolling r
      JOIN loans_instalment i ON i.loan_id = r.id
     WHERE i.due_date >= %(due_through)s AND i.due_date <= %(business_date)s
     GROUP BY r.id
), coming AS (
    SELECT r.id,
           min(i.due_date) FILTER (WHERE i.due_date > %(business_date)s) AS due_date,
           min(i.start_date) FILTER (WHERE i.nominal_due_date > %(business_date)s) AS start_date,
           min(i.nominal_due_date) FILTER (WHERE i.nominal_due_date > %(business_date)s) AS end_date
      FROM rolling r
      JOIN loans_instalment i ON i.loan_id = r.id
     WHERE i.due_date > %(business_date)s
     GROUP BY r.id
), stepping AS (
    SELECT r.id, c.start_date, c.end_date, c.due_date, n.interest_due,
           CASE r.accrual_days WHEN 'actual' THEN c.start_date - date '0001-01-01' + 1
                ELSE 360 * extract(year FROM c.start_date)::int + 30 * extract(month FROM c.start_date)::int
                     + least(extract(day FROM c.start_date)::int, 30) END AS start_index,
           CASE r.accrual_days WHEN 'actual' THEN c.end_date - date '0001-01-01' + 1
                ELSE 360 * extract(year FROM c.end_date)::int + 30 * extract(month FROM c.end_date)::int
                     + least(extract(day FROM c.end_date)::int, 30) END AS end_index,
           r.span_end_date <= %(business_date)s AS ended
      FROM rolling r
      LEFT JOIN coming c ON c.id = r.id
      LEFT JOIN loans_instalment n ON n.loan_id = r.id AND n.start_date = c.start_date
), rolled AS (
    UPDATE loans_loan l
       SET overdue_principal = l.overdue_principal + coalesce(f.principal, 0),
           overdue_interest = l.overdue_interest + coalesce(f.interest, 0),
           penalty_product = l.penalty_product + coalesce(f.principal_days, 0)
               + l.overdue_principal * (%(business_date)s::date - l.segment_date),
           compound_product = CASE WHEN l.compounds THEN l.compound_product + coalesce(f.interest_days, 0)
               + l.overdue_interest * (%(business_date)s::date - l.segment_date) ELSE 0 END,
           segment_date = %(business_date)s,
           earlier_interest = l.earlier_interest + CASE WHEN s.ended THEN l.span_interest ELSE 0 END,
           span_interest = CASE WHEN s.ended THEN coalesce(s.interest_due, 0) ELSE l.span_interest END,
           span_start_date = CASE WHEN s.ended THEN coalesce(s.start_date, l.span_end_date) ELSE l.span_start_date END,
           span_end_date = CASE WHEN s.ended THEN coalesce(s.end_date, l.span_end_date) ELSE l.span_end_date END,
           span_start_index = CASE WHEN s.ended THEN coalesce(s.start_index, l.span_start_index + l.span_days)
                                   ELSE l.span_start_index END,
           span_days = CASE WHEN s.ended THEN coalesce(s.end_index - s.start_index, 0) ELSE l.span_days END,
           next_roll_date = least(s.due_date, CASE WHEN s.ended THEN s.end_date ELSE l.span_end_date END)
      FROM stepping s
      LEFT JOIN falling f ON f.id = s.id
     WHERE l.id = s.id
    RETURNING coalesce(f.interest, 0) AS interest, coalesce(f.principal, 0) AS principal, f.id IS NOT NULL AS fell
)
SELECT count(*), count(*) FILTER (WHERE fell), coalesce(sum(principal), 0), coalesce(sum(interest), 0) FROM rolled
