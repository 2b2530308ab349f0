-- What the books and the sub-ledger say, for one run: one row a movement of the account.
UPDATE reconciliation_ours o SET booked = p.net
  FROM (SELECT entry_id, sum(CASE side WHEN 'debit' THEN amount ELSE -amount END)::bigint AS net
          FROM ledger_posting
         WHERE account_id = %(account_id)s AND entry_id IN (SELECT entry_id FROM reconciliation_ours)
         GROUP BY entry_id) p
 WHERE p.entry_id = o.entry_id;

-- Movements booked on the account that no item stands for; an entry and its reversal cancel. The reversal of
-- what was matched before is a movement of its own: the file has to show that too.
INSERT INTO reconciliation_ours (key, message_id, effect, item_date, state, entry_id, booked)
SELECT 'gl:' || root, '', net, on_date, 'settled', root, net
  FROM (SELECT coalesce(first.root, e.id) AS root, min(e.value_date) AS on_date,
               sum(CASE p.side WHEN 'debit' THEN p.amount ELSE -p.amount END)::bigint AS net
          FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
          LEFT JOIN LATERAL (
                SELECT e.reverses_id AS root
                 WHERE NOT EXISTS (SELECT 1 FROM reconciliation_match m
                                    WHERE m.account = %(account)s AND m.entry_id = e.reverses_id)) first ON true
         WHERE p.account_id = %(account_id)s AND p.booking_date <= %(through_date)s
           AND NOT EXISTS (SELECT 1 FROM reconciliation_ours o WHERE o.entry_id = p.entry_id)
           AND NOT EXISTS (SELECT 1 FROM reconciliation_match m
                            WHERE m.account = %(account)s AND m.entry_id = p.entry_id)
         GROUP BY coalesce(first.root, e.id)) g
 WHERE net <> 0
   AND NOT EXISTS (SELECT 1 FROM reconciliation_match m WHERE m.account = %(account)s AND m.key = 'gl:' || root);
