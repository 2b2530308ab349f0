-- Write down what agrees, the new breaks, and the end of the breaks that are gone.
WITH agreed AS (
    INSERT INTO reconciliation_match (account, key, line_id, entry_id, how, run_id)
    SELECT %(account)s, key, line_id, entry_id, coalesce(how, 'nothing'), %(run_id)s
      FROM reconciliation_pair WHERE code IS NULL
    ON CONFLICT (account, key) DO NOTHING
    RETURNING 1
), open_break AS (
    SELECT b.id, b.key, b.code, b.ours, b.booked, b.theirs FROM reconciliation_break b
     WHERE b.account = %(account)s
       AND NOT EXISTS (SELECT 1 FROM reconciliation_breakevent e
                        WHERE e.break_id = b.id AND e.kind IN ('resolved', 'matched'))
), ended AS (
    INSERT INTO reconciliation_breakevent (break_id, kind, actor, note, run_id, happened_at)
    SELECT b.id, 'matched', '', coalesce('now ' || p.code, ''), %(run_id)s, %(now)s
      FROM open_break b LEFT JOIN reconciliation_pair p ON p.key = b.key AND p.code IS NOT NULL
     WHERE p.key IS NULL OR (p.code, p.ours, p.booked, p.theirs) <> (b.code, b.ours, b.booked, b.theirs)
    RETURNING 1
), opened AS (
    INSERT INTO reconciliation_break (id, account, code, key, message_id, ours, booked, theirs, item_date,
                                      line_id, entry_id, owner, run_id, opened_date, opened_at)
    SELECT gen_random_uuid(), %(account)s, p.code, p.key, p.message_id, p.ours, p.booked, p.theirs,
           p.item_date, p.line_id, p.entry_id, %(owner)s, %(run_id)s, %(through_date)s, %(now)s
      FROM reconciliation_pair p
     WHERE p.code IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM open_break b WHERE b.key = p.key
                        AND (b.code, b.ours, b.booked, b.theirs) = (p.code, p.ours, p.booked, p.theirs))
    RETURNING 1
)
SELECT (SELECT count(*) FROM agreed), (SELECT count(*) FROM opened), (SELECT count(*) FROM ended);
