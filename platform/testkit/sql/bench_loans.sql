-- A book of loans as servicing would have left it: lines, drawdowns, instructions, loans, instalments and their logs.
-- Seeded by the loan's number alone, so that every run makes the same book; the proof is run over it before use.
-- Half of the loans bear daily interest: they began on the 120 days before the business date and run for 114 days, so
-- that one in twenty is overdue and some fall due every day. The others repay level principal in 24 periods of thirty
-- days; one in twenty of them has not paid the last instalment, and as many have one due within the coming days.
-- Ids ascend, as those made by the clock do.
SET LOCAL work_mem = '256MB';
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n, daily, principal, value_date, due_date, k, piece, late,
       ('10000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS line_id,
       ('20000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS drawdown_id,
       ('30000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS instruction_id,
       ('40000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS loan_id,
       ('50000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS enterprise_id,
       CASE WHEN daily AND n %% 5 < 2 AND n %% 120 > 10 THEN %(today)s::date - 1 - n %% 10
            WHEN NOT daily AND k > 1 + late THEN value_date + 30 * (k - 1 - late) END AS repaid_date,
       CASE WHEN daily AND n %% 5 < 2 AND n %% 120 > 10 THEN principal / 3
            WHEN NOT daily THEN piece * (k - 1 - late) ELSE 0 END AS repaid
  FROM (SELECT n, n %% 2 = 0 AS daily,
               24 * ((100000 + (n::bigint * 7919) %% 29900000) / 24 + 1) AS principal,
               (100000 + (n::bigint * 7919) %% 29900000) / 24 + 1 AS piece,
               CASE WHEN n %% 2 = 0 THEN %(today)s::date - 1 - n %% 120 ELSE %(today)s::date - age END AS value_date,
               CASE WHEN n %% 2 = 0 THEN %(today)s::date - 1 - n %% 120 + 114
                    ELSE %(today)s::date - age + 720 END AS due_date,
               (age - 1) / 30 + 1 AS k,
               CASE WHEN n %% 40 = 5 AND age > 30 THEN 1 ELSE 0 END AS late
          FROM (SELECT n, 30 * ((n / 2) %% 20) + CASE WHEN n %% 40 = 1 THEN 3 + (n / 40) %% 27 ELSE 5 + (n / 2) %% 20 END AS age
                  FROM generate_series(1, %(loans)s) n) aged) dated;

CREATE TEMPORARY TABLE rows_made ON COMMIT DROP AS
SELECT m.loan_id, g AS number, m.value_date + 30 * (g - 1) AS start_date, m.value_date + 30 * g AS due_date,
       m.piece AS principal_due, (m.piece * (25 - g) * 108 * 30 + 180000) / 360000 AS interest_due,
       g < m.k - m.late AS paid, g < m.k AND g >= m.k - m.late AS late, g < m.k AS ended, g = m.k AS running
  FROM made m, generate_series(1, 24) g
 WHERE NOT m.daily;

CREATE TEMPORARY TABLE summed ON COMMIT DROP AS
SELECT loan_id,
       sum(interest_due) FILTER (WHERE ended) AS earlier,
       sum(interest_due) FILTER (WHERE paid) AS interest_paid,
       sum(interest_due) FILTER (WHERE late) AS late_interest,
       sum(principal_due) FILTER (WHERE late) AS late_principal,
       min(due_date) FILTER (WHERE NOT paid) AS oldest_due_date,
       sum(principal_due * (%(today)s::date - due_date)) FILTER (WHERE late) AS penalty_product,
       min(start_date) FILTER (WHERE running) AS span_start_date,
       sum(interest_due) FILTER (WHERE running) AS span_interest
  FROM rows_made GROUP BY loan_id;
ANALYZE made; ANALYZE summed;

INSERT INTO loans_instalment (loan_id, number, schedule_version, start_date, nominal_due_date, due_date, principal_due,
    interest_due, principal_paid, interest_paid)
SELECT loan_id, number, 1, start_date, due_date, due_date, principal_due, interest_due,
       CASE WHEN paid THEN principal_due ELSE 0 END, CASE WHEN paid THEN interest_due ELSE 0 END
  FROM rows_made;

INSERT INTO credit_lines_creditline (id, enterprise_id, scene_id, product_version_id, product_code, application_id,
    agreement_id, "limit", drawn, reserved, annual_rate, day_basis, status, frozen_reason, effective_date,
    expires_date, granted_at)
SELECT line_id, enterprise_id, %(scene)s, %(product)s, 'receipts_revolving', md5('appl' || n)::uuid,
       md5('agre' || n)::uuid, 40000000, principal - repaid, 0, 0.108, 360, 'active', '', value_date,
       due_date + 365, %(now)s
  FROM made;

INSERT INTO payment_rails_paymentinstruction (id, message_id, direction, subject, amount, bank_account_id, state,
    failure_code, rail_reference, settled_date, attempt_count, enquiry_count, attempted_at, created_at, finished_at)
SELECT instruction_id, 'ins_bench_' || n, 'pay', 'drw_bench_' || n, principal, md5('acct' || n)::uuid, 'succeeded',
       '', '', value_date, 1, 0, %(now)s, %(now)s, %(now)s
  FROM made;

INSERT INTO drawdowns_drawdown (id, line_id, enterprise_id, scene_id, amount, tenor_days, bank_account_id, status,
    failure_code, loan_id, instruction_id, booking_entry_id, payment_entry_id, created_date, created_at, finished_at)
SELECT drawdown_id, line_id, enterprise_id, %(scene)s, principal, due_date - value_date, md5('acct' || n)::uuid, 'paid_out', '',
       loan_id, instruction_id, md5('book' || n)::uuid, md5('paym' || n)::uuid, value_date, %(now)s, %(now)s
  FROM made;

INSERT INTO loans_loan (id, drawdown_id, line_id, enterprise_id, scene_id, principal, annual_rate, penalty_rate,
    day_basis, rounding, income_account, method, instalment_count, schedule_version, tenor_days, due_date_roll, status,
    value_date, maturity_date, due_date, outstanding, segment_date, interest_product, penalty_product, interest_paid,
    penalty_paid, overdue_principal, overdue_interest, earlier_interest, span_start_date, span_end_date, span_start_index,
    span_days, span_interest, next_roll_date, oldest_due_date, overdue_since_date, due_soon_date, transaction_count,
    booked_at)
SELECT m.loan_id, drawdown_id, line_id, enterprise_id, %(scene)s, principal, 0.108, 0.162, 360, 'ROUND_HALF_UP',
       CASE WHEN n %% 8 < 2 THEN '6011.02' ELSE '6011.01' END,
       CASE WHEN daily THEN 'daily_interest' ELSE 'level_principal' END, CASE WHEN daily THEN 1 ELSE 24 END,
       CASE WHEN daily THEN 0 ELSE 1 END, due_date - value_date, 'none', 'active', value_date, due_date, due_date,
       principal - repaid,
       CASE WHEN daily THEN coalesce(repaid_date, value_date) ELSE %(today)s::date END,
       CASE WHEN daily
            THEN principal * greatest(0, least(coalesce(repaid_date, value_date), due_date) - value_date) ELSE 0 END,
       CASE WHEN daily THEN principal * greatest(0, coalesce(repaid_date, value_date) - due_date)
            ELSE coalesce(s.penalty_product, 0) END,
       coalesce(s.interest_paid, 0), 0, coalesce(s.late_principal, 0), coalesce(s.late_interest, 0),
       coalesce(s.earlier, 0), s.span_start_date, s.span_start_date + 30,
       coalesce(s.span_start_date - date '0001-01-01' + 1, 0), CASE WHEN daily THEN 0 ELSE 30 END,
       coalesce(s.span_interest, 0), s.span_start_date + 30,
       CASE WHEN daily THEN due_date ELSE s.oldest_due_date END,
       CASE WHEN daily AND due_date < %(today)s::date THEN due_date
            WHEN late > 0 THEN s.oldest_due_date END,
       CASE WHEN daily AND due_date <= %(today)s::date + 3 THEN %(today)s::date END,
       CASE WHEN repaid_date IS NULL THEN 1 ELSE 2 END, %(now)s
  FROM made m LEFT JOIN summed s ON s.loan_id = m.loan_id;

INSERT INTO loans_loantransaction (id, loan_id, sequence, kind, booking_date, value_date, principal_change,
    interest_paid, penalty_paid, excess, amount, reference, recorded_at)
SELECT ('60000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, loan_id, 1, 'disbursement', value_date, value_date, principal, 0, 0, 0, principal,
       'drw_bench_' || n, %(now)s
  FROM made
UNION ALL
SELECT ('70000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, m.loan_id, 2, 'counter_receipt', repaid_date, repaid_date, -repaid,
       coalesce(s.interest_paid, 0), 0, 0, repaid + coalesce(s.interest_paid, 0), '', %(now)s
  FROM made m LEFT JOIN summed s ON s.loan_id = m.loan_id WHERE repaid_date IS NOT NULL;
