-- What the loans of a line were paid since its last statement, and of it what was valued until a payment date.
SELECT coalesce(sum(p.paid), 0), coalesce(sum(p.paid) FILTER (WHERE p.value_date <= %(payment_due_date)s), 0)
  FROM (
    SELECT t.value_date,
           t.interest_paid + t.penalty_paid + t.compound_paid + t.fee_paid - t.principal_change AS paid
      FROM loans_loan l
      JOIN loans_loantransaction t ON t.loan_id = l.id
      LEFT JOIN statements_statementaccount a ON a.loan_id = l.id
     WHERE l.line_id = %(line_id)s AND t.sequence > coalesce(a.through_sequence, 0)
       AND t.kind NOT IN ('disbursement', 'write_off', 're_age', 're_amortisation', 'extension', 'waiver')
  ) p
