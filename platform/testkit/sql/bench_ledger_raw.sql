-- The yardstick: the same guarantees by hand, for one fixed shape (two legs, one currency), nothing else.
-- Balanced per entry (statement trigger with a transition table), append-only, idempotency key with content compared,
-- a guard held by CHECK on a row locked in the transaction, a number for a fold.
CREATE TABLE raw_account (id integer PRIMARY KEY, code text NOT NULL UNIQUE, guarded boolean NOT NULL,
    balance bigint NOT NULL DEFAULT 0, CHECK (NOT guarded OR balance >= 0));
CREATE TABLE raw_entry (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), key text NOT NULL UNIQUE, hash bytea NOT NULL,
    booking_date date NOT NULL, value_date date NOT NULL, reference text NOT NULL, posted_at timestamptz NOT NULL);
CREATE TABLE raw_posting (entry_id uuid NOT NULL, line_no smallint NOT NULL, account_id integer NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0), booking_date date NOT NULL, value_date date NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (entry_id, line_no));
CREATE INDEX ON raw_posting (account_id, booking_date);
CREATE INDEX ON raw_posting (position);
CREATE INDEX ON raw_entry (reference);
CREATE FUNCTION raw_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_lines GROUP BY entry_id HAVING sum(amount) <> 0 OR count(*) < 2) THEN
        RAISE EXCEPTION 'unbalanced';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION raw_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
CREATE TRIGGER raw_balanced AFTER INSERT ON raw_posting REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION raw_balanced();
CREATE TRIGGER raw_kept BEFORE UPDATE OR DELETE ON raw_posting FOR EACH STATEMENT EXECUTE FUNCTION raw_refuse();
CREATE TRIGGER raw_entry_kept BEFORE UPDATE OR DELETE ON raw_entry FOR EACH STATEMENT EXECUTE FUNCTION raw_refuse();
CREATE FUNCTION raw_post(keys text[], hashes bytea[], debits text[], credits text[], amounts bigint[], booked date)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    written bigint;
BEGIN
    WITH asked AS (
        SELECT t.key, t.hash, d.id AS debit, c.id AS credit, t.amount
          FROM unnest(keys, hashes, debits, credits, amounts) AS t(key, hash, debit, credit, amount)
          JOIN raw_account d ON d.code = t.debit JOIN raw_account c ON c.code = t.credit),
    made AS (
        INSERT INTO raw_entry (key, hash, booking_date, value_date, reference, posted_at)
        SELECT key, hash, booked, booked, 'ref-' || key, now() FROM asked ORDER BY key
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
