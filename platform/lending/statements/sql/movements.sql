-- The rows of some loans' logs after one sequence and through another: what a statement lists. Whether the bank accrues is
-- its own affair.
SELECT t.loan_id, t.sequence, t.kind, t.booking_date, t.value_date, t.principal_change, t.interest_paid,
       t.penalty_paid + t.compound_paid, t.fee_paid
  FROM unnest(%(loans)s::uuid[], %(after)s::int[], %(through)s::int[]) AS w (loan_id, after_sequence, through_sequence)
  JOIN loans_loantransaction t
    ON t.loan_id = w.loan_id AND t.sequence > w.after_sequence AND t.sequence <= w.through_sequence
 WHERE t.kind NOT IN ('non_accrual', 'accrual_return')
 ORDER BY t.value_date, t.booking_date, t.loan_id, t.sequence
