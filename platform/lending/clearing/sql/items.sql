-- Every payment instruction that reconciliation has not matched, with the entry that moves the account.
SELECT i.subject, i.message_id,
       CASE i.direction WHEN 'pay' THEN -i.amount ELSE i.amount END,
       coalesce(i.settled_date, e.booking_date, %(through_date)s),
       CASE i.state WHEN 'succeeded' THEN 'settled' WHEN 'failed' THEN 'failed' ELSE 'open' END,
       coalesce(d.payment_entry_id, t.entry_id, f.payment_entry_id, b.payment_entry_id)
  FROM payment_rails_paymentinstruction i
  LEFT JOIN drawdowns_drawdown d ON d.instruction_id = i.id
  LEFT JOIN repayments_repayment r ON r.instruction_id = i.id
  LEFT JOIN loans_loantransaction t ON t.id = r.transaction_id
  LEFT JOIN clearing_refund f ON f.instruction_id = i.id
  LEFT JOIN settlement_batch b ON b.instruction_id = i.id
  LEFT JOIN ledger_entry e ON e.id = coalesce(d.payment_entry_id, f.payment_entry_id, b.payment_entry_id)
 WHERE NOT EXISTS (SELECT 1 FROM reconciliation_match m WHERE m.account = %(account)s AND m.key = i.subject)
 ORDER BY i.id
