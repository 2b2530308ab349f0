-- The journal as PostgreSQL holds it, whoever asks.
--   1. An entry arrives with all its lines in one statement; it balances per currency and has the lines it announces.
--   2. Accounts are open on the booking date; the month is not closed, for what is pending as for what is posted.
--   3. Postings and pending lines never change. An entry changes once: from pending to posted or voided.
--   4. A reversal mirrors what it reverses; a settled entry posts what it held.
-- Statement triggers with transition tables: one check for a whole batch. Bodies are schema-qualified when installed,
-- so that one bank's trigger can never reach another bank's tables. A trigger's plan is made once, for whatever batch
-- came first: the planner is held to index lookups (a sub-select with OFFSET 0 cannot become anything else), so that it
-- stays right when the tables have grown.
DO $install$ BEGIN EXECUTE replace($sql$

CREATE FUNCTION @schema@.ledger_refuse(code text, detail jsonb) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
    RAISE EXCEPTION '%', code USING ERRCODE = 'check_violation', CONSTRAINT = code, DETAIL = detail::text;
END $fn$;

CREATE FUNCTION @schema@.ledger_hold_books() RETURNS trigger LANGUAGE plpgsql AS $fn$
DECLARE
    held text := pg_advisory_xact_lock_shared('@schema@.ledger_account'::regclass::oid::bigint << 24);
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'ledger.isolation: posting reads what others committed meanwhile; use READ COMMITTED';
    END IF;
    RETURN NULL;
END $fn$;

ALTER TABLE @schema@.ledger_posting ALTER COLUMN position
    ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME @schema@.ledger_posting_position_seq);

-- What one column of a line may hold is said by its type: PostgreSQL keeps the CHECK of a domain compiled, while it reads
-- and plans the CHECK of a table anew for every statement, which costs a short posting more than writing its lines.
CREATE DOMAIN @schema@.ledger_line_amount AS bigint CONSTRAINT ledger_posting_amount CHECK (VALUE > 0);
CREATE DOMAIN @schema@.ledger_line_side AS varchar(6) CONSTRAINT ledger_posting_side CHECK (VALUE IN ('debit', 'credit'));
ALTER TABLE @schema@.ledger_posting ALTER COLUMN amount TYPE @schema@.ledger_line_amount,
                                    ALTER COLUMN side TYPE @schema@.ledger_line_side;

-- What is wrong with some entry's lines, if anything: they belong elsewhere, an account is shut, it does not balance.
-- An entry's lines are 1..line_count and arrive together, so nothing can join it later: a second helping would have to
-- repeat a line number. Each account is looked up once, not once a line. Where all accounts are of one currency, a whole
-- entry makes one sum; whatever does not look like that (several currencies, or something wrong) is looked at closely.
-- One look also says whether a guarded account is among them.
CREATE FUNCTION @schema@.ledger_posting_inserted() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $fn$
DECLARE
    seen record;
    wrong record;
BEGIN
    SELECT a.open AND l.whole AS whole, a.guarded
      INTO seen
      FROM (SELECT count(k.id) = count(*) AND min(k.currency) = max(k.currency) AS open,
                   bool_or(k.guard <> 'none') AS guarded
              FROM (SELECT n.account_id, min(n.booking_date) AS first_date, max(n.booking_date) AS last_date
                      FROM new_lines n GROUP BY n.account_id) g
              LEFT JOIN LATERAL (
                  SELECT a.id, a.currency, a.guard FROM @schema@.ledger_account a
                   WHERE a.id = g.account_id AND a.opened_date <= g.first_date
                     AND (a.closed_date IS NULL OR g.last_date < a.closed_date) OFFSET 0) k ON true) a
     CROSS JOIN (
            SELECT bool_and(g.whole AND e.id IS NOT NULL) AS whole
              FROM (SELECT n.entry_id, n.booking_date, n.value_date, count(*) AS lines,
                           sum(CASE n.side WHEN 'debit' THEN n.amount ELSE -n.amount END) = 0
                           AND min(n.line_no) = 1 AND max(n.line_no) = count(*) AS whole
                      FROM new_lines n GROUP BY n.entry_id, n.booking_date, n.value_date) g
              LEFT JOIN LATERAL (
                  SELECT k.id FROM @schema@.ledger_entry k
                   WHERE k.id = g.entry_id AND k.state = 'posted' AND k.booking_date = g.booking_date
                     AND k.value_date = g.value_date AND k.line_count = g.lines OFFSET 0) e ON true) l;
    IF seen.whole THEN
        IF seen.guarded THEN
            PERFORM @schema@.ledger_guard_posted(ARRAY(SELECT n.entry_id FROM new_lines n WHERE n.line_no = 1));
        END IF;
        RETURN NULL;
    END IF;
    SELECT * INTO wrong
      FROM (SELECT n.entry_id,
                   bool_and(coalesce(e.state = 'posted' AND n.booking_date = e.booking_date
                                     AND n.value_date = e.value_date AND n.line_no BETWEEN 1 AND e.line_count
                                     AND n.lines = e.line_count, false)) AS belongs,
                   bool_and(coalesce(a.opened_date <= n.booking_date
                                     AND (a.closed_date IS NULL OR n.booking_date < a.closed_date), false)) AS open,
                   sum(CASE n.side WHEN 'debit' THEN n.amount ELSE -n.amount END) = 0 AS balanced
              FROM (SELECT x.*, count(*) OVER (PARTITION BY x.entry_id) AS lines FROM new_lines x) n
              LEFT JOIN @schema@.ledger_entry e ON e.id = n.entry_id
              LEFT JOIN @schema@.ledger_account a ON a.id = n.account_id
             GROUP BY n.entry_id, a.currency) s
     WHERE NOT (s.belongs AND s.open AND s.balanced)
     LIMIT 1;
    IF FOUND THEN
        PERFORM @schema@.ledger_refuse(
            CASE WHEN NOT wrong.belongs THEN 'ledger.line_misplaced'
                 WHEN NOT wrong.open THEN 'ledger.account_closed'
                 ELSE 'ledger.unbalanced' END,
            jsonb_build_object('entry', wrong.entry_id));
    END IF;
    IF seen.guarded THEN
        PERFORM @schema@.ledger_guard_posted(ARRAY(SELECT n.entry_id FROM new_lines n WHERE n.line_no = 1));
    END IF;
    RETURN NULL;
END $fn$;

CREATE FUNCTION @schema@.ledger_pending_line_inserted() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $fn$
DECLARE
    wrong record;
BEGIN
    SELECT n.entry_id,
           bool_and(coalesce(e.state = 'pending' AND n.line_no BETWEEN 1 AND e.line_count, false)) AS belongs,
           bool_and(coalesce(a.opened_date <= e.booking_date
                             AND (a.closed_date IS NULL OR e.booking_date < a.closed_date), false)) AS open
      INTO wrong
      FROM new_lines n
      LEFT JOIN @schema@.ledger_entry e ON e.id = n.entry_id
      LEFT JOIN @schema@.ledger_account a ON a.id = n.account_id
     GROUP BY n.entry_id, a.currency
    HAVING sum(CASE n.side WHEN 'debit' THEN n.amount ELSE -n.amount END) <> 0
        OR NOT bool_and(coalesce(e.state = 'pending' AND n.line_no BETWEEN 1 AND e.line_count, false))
        OR NOT bool_and(coalesce(a.opened_date <= e.booking_date
                                 AND (a.closed_date IS NULL OR e.booking_date < a.closed_date), false))
     LIMIT 1;
    IF FOUND THEN
        PERFORM @schema@.ledger_refuse(
            CASE WHEN NOT wrong.belongs THEN 'ledger.line_misplaced'
                 WHEN NOT wrong.open THEN 'ledger.account_closed'
                 ELSE 'ledger.unbalanced' END,
            jsonb_build_object('entry', wrong.entry_id));
    END IF;
    RETURN NULL;
END $fn$;

-- Whether an entry's postings are the mirror of a posted entry that is not itself a reversal.
CREATE FUNCTION @schema@.ledger_is_mirror(mirror uuid, original uuid) RETURNS boolean LANGUAGE sql STABLE AS $fn$
    SELECT EXISTS (SELECT FROM @schema@.ledger_entry e
                    WHERE e.id = original AND e.state = 'posted' AND e.reverses_id IS NULL)
       AND NOT EXISTS (
           SELECT FROM (SELECT line_no, account_id, side, amount FROM @schema@.ledger_posting
                         WHERE entry_id = original) o
             FULL JOIN (SELECT line_no, account_id, CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END AS side,
                               amount
                          FROM @schema@.ledger_posting WHERE entry_id = mirror) m
                    ON (m.line_no, m.account_id, m.side, m.amount) = (o.line_no, o.account_id, o.side, o.amount)
            WHERE o.line_no IS NULL OR m.line_no IS NULL)
$fn$;

-- Whether a settled entry posts exactly what it held.
CREATE FUNCTION @schema@.ledger_posts_what_it_held(entry uuid) RETURNS boolean LANGUAGE sql STABLE AS $fn$
    SELECT NOT EXISTS (
        SELECT FROM (SELECT line_no, account_id, side, amount FROM @schema@.ledger_posting WHERE entry_id = entry) p
          FULL JOIN (SELECT line_no, account_id, side, amount FROM @schema@.ledger_pending_line
                      WHERE entry_id = entry) h
                 ON (h.line_no, h.account_id, h.side, h.amount) = (p.line_no, p.account_id, p.side, p.amount)
         WHERE p.line_no IS NULL OR h.line_no IS NULL)
$fn$;

-- That a posted entry has its first line is enough: whatever brings a line of an entry brings all of them (above).
-- What columns of an entry mean together is held here and not by a CHECK (see the domains above). Most entries are posted
-- at once, into one open month, and reverse nothing: they are known by one look.
CREATE FUNCTION @schema@.ledger_entry_changed() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $fn$
DECLARE
    plain boolean;
    seen record;
    malformed uuid;
    closed_date date;
BEGIN
    SELECT s.fine AND EXISTS (SELECT FROM @schema@.ledger_period p
                               WHERE p.month = s.first_date - extract(day FROM s.first_date)::integer + 1
                                 AND p.month = s.last_date - extract(day FROM s.last_date)::integer + 1
                                 AND p.state = 'open')
      INTO plain
      FROM (SELECT bool_and(c.state = 'posted' AND c.posted_at IS NOT NULL AND c.voided_at IS NULL
                            AND c.request_hash IS NULL AND c.expires_at IS NULL AND c.reverses_id IS NULL
                            AND c.line_count >= 2 AND c.value_date <= c.booking_date
                            AND EXISTS (SELECT FROM @schema@.ledger_posting x
                                         WHERE x.entry_id = c.id AND x.line_no = 1)) AS fine,
                   min(c.booking_date) AS first_date, max(c.booking_date) AS last_date
              FROM changed c) s;
    IF plain THEN
        RETURN NULL;
    END IF;
    SELECT c.id INTO malformed
      FROM changed c
     WHERE (CASE c.state
                WHEN 'posted' THEN c.posted_at IS NOT NULL AND c.voided_at IS NULL
                WHEN 'pending' THEN c.posted_at IS NULL AND c.voided_at IS NULL AND c.request_hash IS NOT NULL
                WHEN 'voided' THEN c.posted_at IS NULL AND c.voided_at IS NOT NULL AND c.request_hash IS NOT NULL
                ELSE false END
            AND c.line_count >= 2 AND (c.expires_at IS NULL OR c.request_hash IS NOT NULL)) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        PERFORM @schema@.ledger_refuse('ledger.entry_malformed', jsonb_build_object('entry', malformed));
    END IF;
    PERFORM FROM changed c WHERE c.value_date > c.booking_date;
    IF FOUND THEN
        PERFORM @schema@.ledger_refuse('ledger_entry_not_valued_ahead', '{}');
    END IF;
    SELECT bool_or(c.request_hash IS NOT NULL) AS any_held,
           bool_or(c.reverses_id IS NOT NULL) AS any_reversal,
           bool_or(c.state <> 'voided' AND CASE
               (SELECT p.state FROM @schema@.ledger_period p
                 WHERE p.month = c.booking_date - extract(day FROM c.booking_date)::integer + 1)
               WHEN 'open' THEN false
               WHEN 'closed' THEN true
               ELSE c.booking_date < coalesce((SELECT min(month) FROM @schema@.ledger_period), 'infinity')
           END) AS any_closed,
           bool_or(c.state = 'posted' AND (SELECT x.line_no FROM @schema@.ledger_posting x
                                            WHERE x.entry_id = c.id AND x.line_no = 1) IS NULL) AS incomplete
      INTO seen
      FROM changed c;
    IF seen.any_closed THEN
        SELECT min(c.booking_date) INTO closed_date
          FROM changed c
          LEFT JOIN @schema@.ledger_period p
                 ON p.month = c.booking_date - extract(day FROM c.booking_date)::integer + 1
         WHERE c.state <> 'voided' AND (p.state = 'closed' OR c.booking_date < coalesce(
                   (SELECT min(month) FROM @schema@.ledger_period), 'infinity'));
        PERFORM @schema@.ledger_refuse('ledger.period_closed', jsonb_build_object('booking_date', closed_date));
    END IF;
    IF seen.any_held THEN
        seen.incomplete := seen.incomplete OR EXISTS (
            SELECT FROM changed c WHERE c.request_hash IS NOT NULL AND (
                c.line_count <> (SELECT count(*) FROM @schema@.ledger_pending_line x WHERE x.entry_id = c.id)
                OR (c.state = 'posted' AND NOT @schema@.ledger_posts_what_it_held(c.id))));
    END IF;
    IF seen.incomplete THEN
        PERFORM @schema@.ledger_refuse('ledger.line_misplaced', '{}');
    END IF;
    IF seen.any_reversal THEN
        PERFORM FROM changed c WHERE c.state = 'posted' AND c.reverses_id IS NOT NULL
                                 AND NOT @schema@.ledger_is_mirror(c.id, c.reverses_id);
        IF FOUND THEN
            PERFORM @schema@.ledger_refuse('ledger.reversal_invalid', '{}');
        END IF;
    END IF;
    RETURN NULL;
END $fn$;

CREATE FUNCTION @schema@.ledger_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    IF OLD.state = 'pending' AND NEW.state IN ('posted', 'voided')
       AND (NEW.id, NEW.kind, NEW.reference, NEW.description, NEW.idempotency_key, NEW.request_hash,
            NEW.line_count, NEW.reverses_id, NEW.recorded_at, NEW.expires_at)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.kind, OLD.reference, OLD.description, OLD.idempotency_key, OLD.request_hash,
            OLD.line_count, OLD.reverses_id, OLD.recorded_at, OLD.expires_at)
       AND (NEW.state = 'posted' OR (NEW.booking_date, NEW.value_date, NEW.content_hash)
                                    IS NOT DISTINCT FROM (OLD.booking_date, OLD.value_date, OLD.content_hash)) THEN
        RETURN NEW;
    END IF;
    PERFORM @schema@.ledger_refuse('ledger.entry_immutable', jsonb_build_object('entry', OLD.id));
    RETURN NULL;
END $fn$;

CREATE FUNCTION @schema@.ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    RAISE EXCEPTION 'ledger.append_only: % on % is refused; correct by reversal', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger.append_only';
END $fn$;

CREATE FUNCTION @schema@.ledger_period_kept() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'closed' OR NEW.month <> OLD.month THEN
        PERFORM @schema@.ledger_refuse('ledger.period_closed', jsonb_build_object('booking_date', OLD.month));
    END IF;
    RETURN NEW;
END $fn$;

CREATE TRIGGER ledger_posting_held BEFORE INSERT ON @schema@.ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_hold_books();
CREATE TRIGGER ledger_pending_line_held BEFORE INSERT ON @schema@.ledger_pending_line
    FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_hold_books();
CREATE TRIGGER ledger_posting_inserted AFTER INSERT ON @schema@.ledger_posting
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_posting_inserted();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @schema@.ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_append_only();
CREATE TRIGGER ledger_pending_line_inserted AFTER INSERT ON @schema@.ledger_pending_line
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT
    EXECUTE FUNCTION @schema@.ledger_pending_line_inserted();
CREATE TRIGGER ledger_pending_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @schema@.ledger_pending_line
    FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_append_only();
CREATE TRIGGER ledger_entry_inserted AFTER INSERT ON @schema@.ledger_entry
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_entry_changed();
CREATE TRIGGER ledger_entry_updated AFTER UPDATE ON @schema@.ledger_entry
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_entry_changed();
CREATE TRIGGER ledger_entry_kept BEFORE UPDATE ON @schema@.ledger_entry
    FOR EACH ROW EXECUTE FUNCTION @schema@.ledger_entry_kept();
CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR TRUNCATE ON @schema@.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION @schema@.ledger_append_only();
CREATE TRIGGER ledger_period_kept BEFORE UPDATE OR DELETE ON @schema@.ledger_period
    FOR EACH ROW EXECUTE FUNCTION @schema@.ledger_period_kept();

$sql$, '@schema@', quote_ident(current_schema())); END $install$;
