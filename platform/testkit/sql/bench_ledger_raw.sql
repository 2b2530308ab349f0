-- The yardstick: the same guarantees by hand, for one fixed shape (two legs, one currency), nothing else.
-- Balanced per entry and complete (statement trigger with a transition table), append-only, accounts open on the day,
-- nothing into a closed month or before the books began, a key that is unique (a second use is refused: its caller reads
-- the stored hash to see whether it is the same request), content hash (made by the caller, as the product's is), a
-- guard with a floor and a ceiling held by CHECK on a row locked in the transaction, and a number for a fold and the
-- seals, handed out under a shared lock that whoever closes a month takes alone. Ids are version 7, as the product's.
-- As fast as we know how: no savepoint, one plan for every call, index look-ups only, one look of each trigger, no CHECK
-- that PostgreSQL would have to read anew for each statement (a domain's stays compiled), one entry without arrays.
CREATE DOMAIN raw_amount AS bigint CHECK (VALUE <> 0);
CREATE DOMAIN raw_line_no AS smallint CHECK (VALUE IN (1, 2));
CREATE TABLE raw_period (month date PRIMARY KEY, closed boolean NOT NULL DEFAULT false);
CREATE TABLE raw_account (id integer PRIMARY KEY, code text NOT NULL UNIQUE, currency char(3) NOT NULL,
    opened_date date NOT NULL, closed_date date, guarded boolean NOT NULL, balance bigint NOT NULL DEFAULT 0,
    minimum bigint NOT NULL DEFAULT 0, maximum bigint,
    CHECK (NOT guarded OR balance >= minimum AND (maximum IS NULL OR balance <= maximum)));
CREATE INDEX ON raw_account (code) WHERE guarded;
CREATE TABLE raw_entry (id uuid PRIMARY KEY, key text NOT NULL UNIQUE, hash bytea NOT NULL,
    kind text NOT NULL, booking_date date NOT NULL, value_date date NOT NULL, reference text NOT NULL,
    posted_at timestamptz NOT NULL);
CREATE TABLE raw_posting (entry_id uuid NOT NULL, line_no raw_line_no NOT NULL,
    account_id integer NOT NULL, amount raw_amount NOT NULL, booking_date date NOT NULL,
    value_date date NOT NULL, position bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (entry_id, line_no));
CREATE INDEX ON raw_posting (account_id, booking_date);
CREATE INDEX ON raw_posting (position);
CREATE INDEX ON raw_entry (reference);
CREATE INDEX ON raw_entry USING brin (booking_date) WITH (pages_per_range = 32, autosummarize = on);
CREATE FUNCTION raw_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held text := pg_advisory_xact_lock_shared(4711);
BEGIN
    RETURN NULL;
END $$;
CREATE FUNCTION raw_balanced() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $$
BEGIN
    IF NOT (SELECT bool_and(s.fine AND e.id IS NOT NULL)
              FROM (SELECT n.entry_id, min(n.booking_date) AS booking_date, min(n.value_date) AS value_date,
                           count(a.id) = 2 AND min(a.currency) = max(a.currency) AND sum(n.amount) = 0
                           AND min(n.booking_date) = max(n.booking_date)
                           AND min(n.value_date) = max(n.value_date) AND count(*) = 2 AS fine
                      FROM new_lines n
                      LEFT JOIN LATERAL (
                          SELECT k.id, k.currency FROM raw_account k
                           WHERE k.id = n.account_id AND k.opened_date <= n.booking_date
                             AND (k.closed_date IS NULL OR n.booking_date < k.closed_date) OFFSET 0) a ON true
                     GROUP BY n.entry_id) s
              LEFT JOIN LATERAL (
                  SELECT k.id FROM raw_entry k
                   WHERE k.id = s.entry_id AND k.booking_date = s.booking_date AND k.value_date = s.value_date
                  OFFSET 0) e ON true) THEN
        RAISE EXCEPTION 'unbalanced, incomplete or shut';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION raw_dated() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $$
BEGIN
    IF NOT (SELECT bool_and(
                n.value_date <= n.booking_date
                AND EXISTS (SELECT FROM raw_posting l WHERE l.entry_id = n.id AND l.line_no = 1)
                AND EXISTS (SELECT FROM raw_period p
                             WHERE p.month = n.booking_date - extract(day FROM n.booking_date)::integer + 1
                               AND NOT p.closed))
              FROM new_entries n) THEN
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
CREATE TRIGGER raw_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON raw_posting
    FOR EACH STATEMENT EXECUTE FUNCTION raw_refuse();
CREATE TRIGGER raw_entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON raw_entry
    FOR EACH STATEMENT EXECUTE FUNCTION raw_refuse();
CREATE FUNCTION raw_post_one(id uuid, key text, hash bytea, ref text, debit text, credit text, amount bigint, booked date)
RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    debited record;
    credited record;
BEGIN
    SELECT a.id, a.guarded INTO debited FROM raw_account a WHERE a.code = debit;
    SELECT a.id, a.guarded INTO credited FROM raw_account a WHERE a.code = credit;
    WITH made AS (
        INSERT INTO raw_entry (id, key, hash, kind, booking_date, value_date, reference, posted_at)
        VALUES (id, key, hash, 'bench.transfer', booked, booked, ref, now()))
    INSERT INTO raw_posting (entry_id, line_no, account_id, amount, booking_date, value_date)
    VALUES (id, 1, debited.id, amount, booked, booked), (id, 2, credited.id, -amount, booked, booked);
    IF debited.guarded OR credited.guarded THEN
        PERFORM FROM raw_account a WHERE a.guarded AND a.code IN (debit, credit) ORDER BY a.id FOR NO KEY UPDATE;
        UPDATE raw_account r SET balance = r.balance + CASE r.code WHEN debit THEN amount ELSE -amount END
         WHERE r.code IN (debit, credit) AND r.guarded;
    END IF;
END $$;
CREATE FUNCTION raw_post(ids uuid[], keys text[], hashes bytea[], refs text[], debits text[], credits text[],
    amounts bigint[], booked date)
RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    WITH made AS (
        INSERT INTO raw_entry (id, key, hash, kind, booking_date, value_date, reference, posted_at)
        SELECT ids[i], keys[i], hashes[i], 'bench.transfer', booked, booked, refs[i], now()
          FROM generate_series(1, cardinality(ids)) AS i ORDER BY keys[i])
    INSERT INTO raw_posting (entry_id, line_no, account_id, amount, booking_date, value_date)
    SELECT ids[i], l.line_no, a.id, CASE l.line_no WHEN 1 THEN amounts[i] ELSE -amounts[i] END, booked, booked
      FROM generate_series(1, cardinality(ids)) AS i CROSS JOIN (VALUES (1), (2)) AS l(line_no)
      JOIN raw_account a ON a.code = CASE l.line_no WHEN 1 THEN debits[i] ELSE credits[i] END;
    PERFORM FROM raw_account WHERE guarded AND code = ANY (debits || credits) ORDER BY id FOR NO KEY UPDATE;
    IF FOUND THEN
        UPDATE raw_account r SET balance = r.balance + s.net
          FROM (SELECT code, sum(amount) AS net FROM (
                    SELECT d AS code, a AS amount FROM unnest(debits, amounts) AS t(d, a)
                    UNION ALL SELECT c, -a FROM unnest(credits, amounts) AS t(c, a)) x GROUP BY code) s
         WHERE r.code = s.code AND r.guarded;
    END IF;
END $$;
