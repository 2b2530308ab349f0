-- Balances. Guarded accounts move inside the statement that posts or holds, and the CHECK on `ledger_balance` refuses
-- what must not be. Ordinary accounts move by the fold. Bodies are schema-qualified when installed; triggers are held
-- to index lookups (see `journal.sql`).
DO $install$ BEGIN EXECUTE replace($sql$

CREATE FUNCTION @schema@.ledger_balance_opened() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    INSERT INTO @schema@.ledger_balance
           (account_id, guard, posted_debits, posted_credits, pending_debits, pending_credits, minimum, version)
    VALUES (NEW.id, NEW.guard, 0, 0, 0, 0, 0, 0);
    RETURN NULL;
END $fn$;

-- What whole entries posted to guarded accounts; the trigger on `ledger_posting` calls it where there are any. Account by
-- account in the order of their ids, so that two transactions never wait for each other in a circle.
CREATE FUNCTION @schema@.ledger_guard_posted(entries uuid[]) RETURNS void LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $fn$
DECLARE
    moved record;
BEGIN
    FOR moved IN
        SELECT n.account_id,
               sum(CASE n.side WHEN 'debit' THEN n.amount ELSE 0 END) AS debits,
               sum(CASE n.side WHEN 'credit' THEN n.amount ELSE 0 END) AS credits,
               sum(CASE WHEN n.side = 'debit' AND e.request_hash IS NOT NULL THEN n.amount ELSE 0 END) AS held_debits,
               sum(CASE WHEN n.side = 'credit' AND e.request_hash IS NOT NULL THEN n.amount ELSE 0 END) AS held_credits
          FROM unnest(entries) AS t(id)
          JOIN @schema@.ledger_entry e ON e.id = t.id
          JOIN @schema@.ledger_posting n ON n.entry_id = t.id
          JOIN @schema@.ledger_balance b ON b.account_id = n.account_id AND b.guard <> 'none'
         GROUP BY n.account_id
         ORDER BY n.account_id
    LOOP
        UPDATE @schema@.ledger_balance
           SET posted_debits = posted_debits + moved.debits,
               posted_credits = posted_credits + moved.credits,
               pending_debits = pending_debits - moved.held_debits,
               pending_credits = pending_credits - moved.held_credits,
               version = version + 1
         WHERE account_id = moved.account_id;
    END LOOP;
END $fn$;

CREATE FUNCTION @schema@.ledger_guard_held() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $fn$
DECLARE
    moved record;
BEGIN
    FOR moved IN
        SELECT n.account_id,
               sum(CASE n.side WHEN 'debit' THEN n.amount ELSE 0 END) AS debits,
               sum(CASE n.side WHEN 'credit' THEN n.amount ELSE 0 END) AS credits
          FROM new_lines n
          JOIN @schema@.ledger_balance b ON b.account_id = n.account_id AND b.guard <> 'none'
         GROUP BY n.account_id
         ORDER BY n.account_id
    LOOP
        UPDATE @schema@.ledger_balance
           SET pending_debits = pending_debits + moved.debits,
               pending_credits = pending_credits + moved.credits,
               version = version + 1
         WHERE account_id = moved.account_id;
    END LOOP;
    RETURN NULL;
END $fn$;

CREATE FUNCTION @schema@.ledger_guard_released() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $fn$
DECLARE
    moved record;
BEGIN
    FOR moved IN
        SELECT l.account_id,
               sum(CASE l.side WHEN 'debit' THEN l.amount ELSE 0 END) AS debits,
               sum(CASE l.side WHEN 'credit' THEN l.amount ELSE 0 END) AS credits
          FROM changed c
          JOIN @schema@.ledger_pending_line l ON l.entry_id = c.id
          JOIN @schema@.ledger_balance b ON b.account_id = l.account_id AND b.guard <> 'none'
         WHERE c.state = 'voided'
         GROUP BY l.account_id
         ORDER BY l.account_id
    LOOP
        UPDATE @schema@.ledger_balance
           SET pending_debits = pending_debits - moved.debits,
               pending_credits = pending_credits - moved.credits,
               version = version + 1
         WHERE account_id = moved.account_id;
    END LOOP;
    RETURN NULL;
END $fn$;

-- A guard cannot be taken away with its row, nor turned into another.
CREATE FUNCTION @schema@.ledger_balance_kept() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.account_id, NEW.guard) IS NOT DISTINCT FROM (OLD.account_id, OLD.guard) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ledger.balance_kept: an account keeps its balance and its guard'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger.balance_kept';
END $fn$;

CREATE TRIGGER ledger_balance_kept BEFORE UPDATE OF account_id, guard OR DELETE ON @schema@.ledger_balance
    FOR EACH ROW EXECUTE FUNCTION @schema@.ledger_balance_kept();
CREATE TRIGGER ledger_balance_not_emptied BEFORE TRUNCATE ON @schema@.ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_balance_kept();
CREATE TRIGGER ledger_balance_opened AFTER INSERT ON @schema@.ledger_account
    FOR EACH ROW EXECUTE FUNCTION @schema@.ledger_balance_opened();
CREATE TRIGGER ledger_pending_line_guarded AFTER INSERT ON @schema@.ledger_pending_line
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_guard_held();
CREATE TRIGGER ledger_entry_released AFTER UPDATE ON @schema@.ledger_entry
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_guard_released();

-- Closings run over every day not yet closed; an account's first open day starts from its last closed one.
CREATE FUNCTION @schema@.ledger_close_days(through date) RETURNS bigint LANGUAGE plpgsql AS $fn$
DECLARE
    closed bigint;
BEGIN
    UPDATE @schema@.ledger_account_day d
       SET closing = r.closing
      FROM (SELECT o.account_id, o.booking_date,
                   coalesce((SELECT p.closing FROM @schema@.ledger_account_day p
                              WHERE p.account_id = o.account_id AND p.booking_date < o.first_date
                              ORDER BY p.booking_date DESC LIMIT 1), 0)
                   + sum(o.debits - o.credits) OVER (PARTITION BY o.account_id ORDER BY o.booking_date) AS closing
              FROM (SELECT account_id, booking_date, debits, credits,
                           min(booking_date) OVER (PARTITION BY account_id) AS first_date
                      FROM @schema@.ledger_account_day
                     WHERE closing IS NULL AND booking_date <= through) o) r
     WHERE d.account_id = r.account_id AND d.booking_date = r.booking_date;
    GET DIAGNOSTICS closed = ROW_COUNT;
    UPDATE @schema@.ledger_fold_cursor
       SET closed_through_date = greatest(through, closed_through_date);
    RETURN closed;
END $fn$;

-- The fold. Postings are numbered while their transaction holds the books lock, so every number handed out before a
-- moment at which nobody held the lock is settled, one way or the other: it is safe to read up to there, and no slow
-- transaction is ever skipped. When somebody does hold it, the fold remembers the next number and the holders of that
-- moment; once those transactions have ended, that number is safe. Only this bank's posting transactions count, not
-- every transaction of the server. One fold at a time. What the caller's own transaction posted is folded with it.
-- A posting booked into a closed day corrects that day and those after it.
CREATE FUNCTION @schema@.ledger_fold(at timestamptz) RETURNS bigint LANGUAGE plpgsql AS $fn$
DECLARE
    cursor @schema@.ledger_fold_cursor;
    books bigint := @schema@.ledger_books_lock();
    next_position bigint;
    holders text[];
    safe bigint;
    folded bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'ledger.isolation: an older snapshot would pass by postings; fold in READ COMMITTED';
    END IF;
    INSERT INTO @schema@.ledger_fold_cursor (id, before_position, candidate_holders) VALUES (1, 1, '{}')
        ON CONFLICT (id) DO NOTHING;
    SELECT * INTO cursor FROM @schema@.ledger_fold_cursor FOR UPDATE;
    SELECT last_value + is_called::integer INTO next_position FROM @schema@.ledger_posting_position_seq;
    SELECT coalesce(array_agg(l.virtualtransaction), '{}') INTO holders
      FROM pg_catalog.pg_locks l
     WHERE l.locktype = 'advisory' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
       AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
       AND l.classid::bigint = books >> 32 AND l.objid::bigint = books & 4294967295 AND l.objsubid = 1;
    safe := CASE WHEN holders = '{}' THEN next_position
                 WHEN NOT cursor.candidate_holders && holders
                     THEN coalesce(cursor.candidate_position, cursor.before_position)
                 ELSE cursor.before_position END;
    IF holders = '{}' THEN
        cursor.candidate_position := NULL;
        cursor.candidate_holders := '{}';
    ELSIF cursor.candidate_position IS NULL OR NOT cursor.candidate_holders && holders THEN
        cursor.candidate_position := next_position;
        cursor.candidate_holders := holders;
    END IF;
    UPDATE @schema@.ledger_fold_cursor
       SET before_position = safe, candidate_position = cursor.candidate_position,
           candidate_holders = cursor.candidate_holders, folded_at = at;
    WITH fresh AS (
        SELECT account_id, booking_date, count(*) AS lines,
               coalesce(sum(amount) FILTER (WHERE side = 'debit'), 0) AS debits,
               coalesce(sum(amount) FILTER (WHERE side = 'credit'), 0) AS credits
          FROM @schema@.ledger_posting
         WHERE position >= cursor.before_position AND position < safe
         GROUP BY account_id, booking_date),
    days AS (
        INSERT INTO @schema@.ledger_account_day AS d (account_id, booking_date, debits, credits)
        SELECT account_id, booking_date, debits, credits FROM fresh
        ON CONFLICT (account_id, booking_date)
        DO UPDATE SET debits = d.debits + excluded.debits, credits = d.credits + excluded.credits),
    sums AS (
        UPDATE @schema@.ledger_balance b
           SET posted_debits = b.posted_debits + f.debits, posted_credits = b.posted_credits + f.credits,
               version = b.version + 1
          FROM (SELECT account_id, sum(debits) AS debits, sum(credits) AS credits FROM fresh GROUP BY account_id) f
         WHERE b.account_id = f.account_id AND b.guard = 'none')
    SELECT coalesce(sum(lines), 0) INTO folded FROM fresh;
    IF cursor.closed_through_date IS NOT NULL AND folded > 0 THEN
        UPDATE @schema@.ledger_account_day d SET closing = NULL
          FROM (SELECT account_id, min(booking_date) AS first_date FROM @schema@.ledger_posting
                 WHERE position >= cursor.before_position AND position < safe AND booking_date <= cursor.closed_through_date
                 GROUP BY account_id) late
         WHERE d.account_id = late.account_id AND d.booking_date >= late.first_date AND d.closing IS NOT NULL;
        PERFORM @schema@.ledger_close_days(cursor.closed_through_date);
    END IF;
    RETURN folded;
END $fn$;

$sql$, '@schema@', quote_ident(current_schema())); END $install$;
