-- The due roll of one business date: instalments payable on it, or since the last roll, become due, and loans whose
-- span of interest has ended go on to their next period. Nobody's payment waits longer than this statement.
-- The loans are read once, and those that have something to do have their few instalments looked up by their key. No
-- index names a column that a roll changes: it then writes the row and nothing else (the table keeps room for it).
-- What a due instalment lacks joins the overdue balances, whose products are carried to the day first.
WITH rolling AS MATERIALIZED (
    SELECT id, span_end_date, accrual_days
      FROM loans_loan
     WHERE status = 'active' AND next_roll_date <= %(business_date)s
), stepping AS (
    SELECT r.id, f.fallen_count > 0 AS fell, f.principal, f.interest, f.principal_days, f.interest_days, f.due_date,
           c.start_date, c.end_date, c.interest_due,
           CASE r.accrual_days WHEN 'actual' THEN c.start_date - date '0001-01-01' + 1
                ELSE 360 * extract(year FROM c.start_date)::int + 30 * extract(month FROM c.start_date)::int
                     + least(extract(day FROM c.start_date)::int, 30) END AS start_index,
           CASE r.accrual_days WHEN 'actual' THEN c.end_date - date '0001-01-01' + 1
                ELSE 360 * extract(year FROM c.end_date)::int + 30 * extract(month FROM c.end_date)::int
                     + least(extract(day FROM c.end_date)::int, 30) END AS end_index,
           r.span_end_date <= %(business_date)s AS ended
      FROM rolling r
     CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE is_due) AS fallen_count,
               coalesce(sum(principal) FILTER (WHERE is_due), 0)::bigint AS principal,
               coalesce(sum(interest) FILTER (WHERE is_due), 0)::bigint AS interest,
               coalesce(sum(principal * days) FILTER (WHERE is_due), 0)::bigint AS principal_days,
               coalesce(sum(interest * days) FILTER (WHERE is_due), 0)::bigint AS interest_days,
               min(due_date) FILTER (WHERE days < 0) AS due_date
          FROM (SELECT i.due_date, i.principal_due - i.principal_paid AS principal,
                       i.interest_due - i.interest_paid AS interest, %(business_date)s::date - i.due_date AS days,
                       i.due_date >= %(due_through)s AND i.due_date <= %(business_date)s AS is_due
                  FROM loans_instalment i WHERE i.loan_id = r.id) own) f
      LEFT JOIN LATERAL (
        SELECT n.start_date, n.nominal_due_date AS end_date, n.interest_due
          FROM loans_instalment n
         WHERE n.loan_id = r.id AND n.nominal_due_date > %(business_date)s
         ORDER BY n.number
         LIMIT 1) c ON true
), rolled AS (
    UPDATE loans_loan l
       SET overdue_principal = l.overdue_principal + s.principal,
           overdue_interest = l.overdue_interest + s.interest,
           penalty_product = l.penalty_product + s.principal_days
               + l.overdue_principal * (%(business_date)s::date - l.segment_date),
           compound_product = CASE WHEN l.compounds THEN l.compound_product + s.interest_days
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
     WHERE l.id = s.id
    RETURNING s.interest AS interest, s.principal AS principal, s.fell
)
SELECT count(*), count(*) FILTER (WHERE fell), coalesce(sum(principal), 0), coalesce(sum(interest), 0) FROM rolled
