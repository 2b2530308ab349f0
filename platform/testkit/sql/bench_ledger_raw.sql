-- The yardstick: the same guarantees by hand, for one fixed shape (two legs, one currency), nothing else.
-- Balanced per entry and complete (statement trigger with a transition table), append-only, accounts open on the day,
-- nothing into a closed month or before the books began, idempotency key with content compared, content hash (made by
-- the caller, as the product's is), a guard held by CHECK on a row locked in the transaction, and a number for a fold,
-- handed out under a shared lock that whoever closes a month takes alone.
CREATE TABLE raw_period (month date PRIMARY KEY, closed boolean NOT NULL DEFAULT false);
CREATE TABLE raw_account (id integer PRIMARY KEY, code text NOT NULL UNIQUE, currency char(3) NOT NULL,
    opened_date date NOT NULL, closed_date date, guarded boolean NOT NULL,
    balance bigint NOT NULL DEFAULT 0, CHECK (NOT guarded OR balance >= 0));
CREATE TABLE raw_entry (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), key text NOT NULL UNIQUE, hash bytea NOT NULL,
    kind text NOT NULL, booking_date date NOT NULL, value_date date NOT NULL, reference text NOT NULL,
    posted_at timestamptz NOT NULL);
CREATE TABLE raw_posting (entry_id uuid NOT NULL, line_no smallint NOT NULL, account_id integer NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0), booking_date date NOT NULL, value_date date NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (entry_id, line_no));
CREATE INDEX ON raw_posting (account_id, booking_date);
CREATE INDEX ON raw_posting (position);
CREATE INDEX ON raw_entry (reference);
CREATE INDEX ON raw_entry (booking_date, id);
CREATE FUNCTION raw_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(4711);
    RETURN NULL;
END $$;
CREATE FUNCTION raw_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_lines n
          LEFT JOIN raw_entry e ON e.id = n.entry_id AND e.booking_date = n.booking_date
          LEFT JOIN raw_account a ON a.id = n.account_id AND a.opened_date <= n.booking_date
                                 AND (a.closed_date IS NULL OR n.booking_date < a.closed_date)
         GROUP BY n.entry_id, a.currency
        HAVING sum(n.amount) <> 0 OR count(*) <> 2 OR count(e.id) <> 2 OR count(a.id) <> 2) THEN
        RAISE EXCEPTION 'unbalanced, incomplete or shut';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION raw_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_entries n
          LEFT JOIN raw_period p ON p.month = n.booking_date - extract(day FROM n.booking_date)::integer + 1
         WHERE p.closed OR n.booking_date < (SELECT min(month) FROM raw_period)
            OR 2 <> (SELECT count(*) FROM raw_posting l WHERE l.entry_id = n.id)) THEN
        RAISE EXCEPTION 'closed or incomplete';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION raw_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
CREATE TRIGGER raw_locked BEFORE INSERT ON raw_posting FOR EACH STATEMENT EXECUTE FUNCTION raw_locked();
CREATE TRIGGER raw_balanced AFTER INSERT ON raw_posting REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION raw_balanced();
CREATE TRIGGER raw_dated AFTER INSERT ON raw_entry REFERENCING NEW TABLE AS new_entries
    FOR EACH STATEMENT EXECUTE FUNCTION raw_dated();
CREATE TRIGGER raw_kept BEFORE UPDATE OR DELETE ON raw_posting FOR EACH STATEMENT EXECUTE FUNCTION raw_refuse();
CREATE TRIGGER raw_entry_kept BEFORE UPDATE OR DELETE ON raw_entry FOR EACH STATEMENT EXECUTE FUNCTION raw_refuse();
CREATE FUNCTION raw_post(keys text[], hashes bytea[], debits text[], credits text[], amounts bigint[], booked date)
RETURNS bigint LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    written bigint;
BEGIN
    WITH asked AS (
        SELECT t.key, t.hash, d.id AS debit, c.id AS credit, t.amount
          FROM unnest(keys, hashes, debits, credits, amounts) AS t(key, hash, debit, credit, amount)
          JOIN raw_account d ON d.code = t.debit JOIN raw_account c ON c.code = t.credit),
    made AS (
        INSERT INTO raw_entry (key, hash, kind, booking_date, value_date, reference, posted_at)
        SELECT key, hash, 'bench.transfer', booked, booked, 'ref-' || key, now() FROM asked ORDER BY key
        ON CONFLICT (key) DO NOTHING RETURNING id, key)
    INSERT INTO raw_posting (entry_id, line_no, account_id, amount, booking_date, value_date)
    SELECT m.id, l.line_no, CASE l.line_no WHEN 1 THEN a.debit ELSE a.credit END,
           CASE l.line_no WHEN 1 THEN a.amount ELSE -a.amount END, booked, booked
      FROM made m JOIN asked a ON a.key = m.key CROSS JOIN (VALUES (1), (2)) AS l(line_no);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < 2 * cardinality(keys) AND EXISTS (
        SELECT FROM unnest(keys, hashes) AS t(key, hash) JOIN raw_entry e ON e.key = t.key WHERE e.hash <> t.hash) THEN
        RAISE EXCEPTION 'other content';
    END IF;
    PERFORM FROM raw_account WHERE guarded AND code = ANY (debits || credits) ORDER BY id FOR NO KEY UPDATE;
    IF FOUND THEN
        UPDATE raw_account r SET balance = r.balance + s.net
          FROM (SELECT code, sum(amount) AS net FROM (
                    SELECT d AS code, a AS amount FROM unnest(debits, amounts) AS t(d, a)
                    UNION ALL SELECT c, -a FROM unnest(credits, amounts) AS t(c, a)) x GROUP BY code) s
         WHERE r.code = s.code AND r.guarded;
    END IF;
    RETURN written;
END $$;
