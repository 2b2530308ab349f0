-- A book of loans as servicing would have left it: lines, drawdowns, instructions, loans and their logs.
-- Seeded by the loan's number alone, so that every run makes the same book; the proof is run over it before use.
-- Loans began on the 120 days before the business date and run for 115 days: some fell due in the last days.
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n,
       md5('line' || n)::uuid AS line_id,
       md5('draw' || n)::uuid AS drawdown_id,
       md5('inst' || n)::uuid AS instruction_id,
       md5('loan' || n)::uuid AS loan_id,
       md5('firm' || n)::uuid AS enterprise_id,
       100000 + (n::bigint * 7919) %% 29900000 AS principal,
       %(today)s::date - 1 - n %% 120 AS value_date,
       %(today)s::date - 1 - n %% 120 + 115 AS due_date,
       CASE WHEN n %% 5 < 2 AND n %% 120 > 10 THEN %(today)s::date - 1 - n %% 10 END AS repaid_date,
       CASE WHEN n %% 5 < 2 AND n %% 120 > 10 THEN (100000 + (n::bigint * 7919) %% 29900000) / 3 ELSE 0 END AS repaid
  FROM generate_series(1, %(loans)s) n;

INSERT INTO credit_lines_creditline (id, enterprise_id, scene_id, product_version_id, product_code, application_id,
    agreement_id, "limit", drawn, reserved, annual_rate, day_basis, status, frozen_reason, effective_date,
    expires_date, granted_at)
SELECT line_id, enterprise_id, %(scene)s, %(product)s, 'receipts_revolving', md5('appl' || n)::uuid,
       md5('agre' || n)::uuid, 30000000, principal - repaid, 0, 0.108, 360, 'active', '', value_date,
       value_date + 365, %(now)s
  FROM made;

INSERT INTO payment_rails_paymentinstruction (id, message_id, direction, subject, amount, bank_account_id, state,
    failure_code, rail_reference, settled_date, attempt_count, enquiry_count, attempted_at, created_at, finished_at)
SELECT instruction_id, 'ins_bench_' || n, 'pay', 'drw_bench_' || n, principal, md5('acct' || n)::uuid, 'succeeded',
       '', '', value_date, 1, 0, %(now)s, %(now)s, %(now)s
  FROM made;

INSERT INTO drawdowns_drawdown (id, line_id, enterprise_id, scene_id, amount, tenor_days, bank_account_id, status,
    failure_code, loan_id, instruction_id, booking_entry_id, payment_entry_id, created_date, created_at, finished_at)
SELECT drawdown_id, line_id, enterprise_id, %(scene)s, principal, 115, md5('acct' || n)::uuid, 'paid_out', '',
       loan_id, instruction_id, md5('book' || n)::uuid, md5('paym' || n)::uuid, value_date, %(now)s, %(now)s
  FROM made;

INSERT INTO loans_loan (id, drawdown_id, line_id, enterprise_id, scene_id, principal, annual_rate, penalty_rate,
    day_basis, rounding, income_account, tenor_days, due_date_roll, status, value_date, maturity_date, due_date,
    outstanding, segment_date, interest_product, penalty_product, interest_paid, penalty_paid, overdue_since_date,
    due_soon_date, transaction_count, booked_at)
SELECT loan_id, drawdown_id, line_id, enterprise_id, %(scene)s, principal, 0.108, 0.162, 360, 'ROUND_HALF_UP',
       CASE WHEN n %% 4 = 0 THEN '6011.02' ELSE '6011.01' END, 115, 'none', 'active', value_date, due_date, due_date,
       principal - repaid, coalesce(repaid_date, value_date),
       principal * greatest(0, least(coalesce(repaid_date, value_date), due_date) - value_date),
       principal * greatest(0, coalesce(repaid_date, value_date) - due_date),
       0, 0,
       CASE WHEN due_date < %(today)s::date THEN due_date END,
       CASE WHEN due_date <= %(today)s::date + 3 THEN %(today)s::date END,
       CASE WHEN repaid_date IS NULL THEN 1 ELSE 2 END, %(now)s
  FROM made;

INSERT INTO loans_loantransaction (id, loan_id, sequence, kind, booking_date, value_date, principal_change,
    interest_paid, penalty_paid, excess, reference, recorded_at)
SELECT md5('ltx1' || n)::uuid, loan_id, 1, 'disbursement', value_date, value_date, principal, 0, 0, 0,
       'drw_bench_' || n, %(now)s
  FROM made
UNION ALL
SELECT md5('ltx2' || n)::uuid, loan_id, 2, 'counter_receipt', repaid_date, repaid_date, -repaid, 0, 0, 0, '', %(now)s
  FROM made WHERE repaid_date IS NOT NULL;
