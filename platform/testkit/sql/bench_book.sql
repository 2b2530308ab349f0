-- What stands around the loans of testkit.bench_book: to each its line, its payment instruction and its drawdown.
INSERT INTO credit_lines_creditline (id, enterprise_id, scene_id, product_version_id, product_code, application_id,
    agreement_id, revolving, "limit", drawn, reserved, repaid, annual_rate, day_basis, status, frozen_reason,
    effective_date, expires_date, granted_at)
SELECT l.line_id, l.enterprise_id, l.scene_id, p.id, p.code, l.drawdown_id, l.drawdown_id, l.method = 'daily_interest',
       CASE WHEN l.method = 'daily_interest' THEN 40000000 ELSE l.principal END,
       CASE WHEN l.method = 'daily_interest' THEN l.outstanding ELSE l.principal END, 0,
       CASE WHEN l.method = 'daily_interest' THEN 0 ELSE l.principal - l.outstanding END, l.annual_rate, l.day_basis,
       CASE WHEN l.overdue_since_date IS NULL THEN 'active' ELSE 'frozen' END,
       CASE WHEN l.overdue_since_date IS NULL THEN '' ELSE 'overdue' END, l.value_date, l.due_date + 365, l.booked_at
  FROM loans_loan l
  JOIN products_productversion p ON p.id = l.product_version_id;

INSERT INTO payment_rails_paymentinstruction (id, message_id, direction, subject, amount, bank_account_id, state,
    failure_code, rail_reference, settled_date, attempt_count, enquiry_count, attempted_at, created_at, finished_at)
SELECT drawdown_id, 'ins_' || drawdown_id, 'pay', 'drw_' || drawdown_id, principal, enterprise_id, 'succeeded', '', '',
       value_date, 1, 0, booked_at - interval '1 day', booked_at - interval '1 day', booked_at - interval '1 day'
  FROM loans_loan;

INSERT INTO drawdowns_drawdown (id, line_id, enterprise_id, scene_id, amount, tenor_days, bank_account_id, status,
    failure_code, loan_id, instruction_id, booking_entry_id, payment_entry_id, created_date, created_at, finished_at)
SELECT drawdown_id, line_id, enterprise_id, scene_id, principal, tenor_days, enterprise_id, 'paid_out', '', id,
       drawdown_id, drawdown_id, drawdown_id, value_date, booked_at, booked_at
  FROM loans_loan;
