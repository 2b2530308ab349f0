-- The posting path: one call posts many entries, set-based, and answers only what is out of the ordinary:
-- a row for each entry that was there already (`ordinal`, `existing_id`), or one row that names the refusal.
-- No row at all means: everything was written as asked. After a refusal nothing was written, and the
-- caller's transaction lives on.
DO $install$ BEGIN EXECUTE replace($sql$

-- What a refusal is about: the facts that a trigger gave, or, of a guard, the account whose row would have broken it.
CREATE FUNCTION @schema@.ledger_facts(code text, facts text) RETURNS jsonb LANGUAGE sql STABLE AS $fn$
    SELECT CASE
        WHEN code LIKE 'ledger.%' THEN coalesce(nullif(facts, '')::jsonb, '{}')
        WHEN code LIKE 'ledger_balance_%' THEN coalesce(
            (SELECT jsonb_build_object('account', a.code)
               FROM @schema@.ledger_account a WHERE a.id::text = substring(facts FROM '[0-9a-f-]{36}')), '{}')
        ELSE '{}' END
$fn$;

-- One posted entry, and nothing out of the ordinary: true when it was written. False says only that it was not (its key
-- was there, or something refuses it) and leaves nothing: `ledger_post` then says which. One plan for every call: made
-- for the values of each call it would cost as much as the writing.
CREATE FUNCTION @schema@.ledger_post_one(
    entry uuid, kind text, booked date, valued date, ref text, description text, key text, hash bytea, reversed uuid,
    codes text[], currencies text[], sides text[], amounts bigint[], at timestamptz
) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $fn$
#variable_conflict use_column
BEGIN
    WITH made AS (
        INSERT INTO @schema@.ledger_entry (id, kind, booking_date, value_date, reference, description,
            idempotency_key, content_hash, state, line_count, reverses_id, recorded_at, posted_at)
        VALUES (entry, ledger_post_one.kind, booked, valued, ref, ledger_post_one.description,
                key, hash, 'posted', cardinality(codes), reversed, at, at)
        ON CONFLICT (idempotency_key) DO NOTHING
        RETURNING id)
    INSERT INTO @schema@.ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
    SELECT m.id, l.line_no,
           (SELECT a.id FROM @schema@.ledger_account a WHERE a.code = l.code AND a.currency = l.currency),
           l.side, l.amount, booked, valued
      FROM made m
     CROSS JOIN unnest(codes, currencies, sides, amounts) WITH ORDINALITY
           AS l(code, currency, side, amount, line_no);
    RETURN FOUND;
EXCEPTION WHEN check_violation OR unique_violation OR not_null_violation THEN
    RETURN false;
END $fn$;

CREATE FUNCTION @schema@.ledger_post(
    entry_ids uuid[], kinds text[], booking_dates date[], value_dates date[], refs text[], descriptions text[],
    keys text[], hashes bytea[], line_counts smallint[], reversed uuid[], are_pending boolean[],
    expiries timestamptz[], line_entries uuid[], line_nos smallint[], codes text[], currencies text[], sides text[], amounts bigint[],
    at timestamptz
) RETURNS TABLE (refusal text, detail jsonb, ordinal integer, existing_id uuid) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $fn$
#variable_conflict use_column
DECLARE
    accounts uuid[];
    stray text;
    written bigint := 0;
    here bigint;
    code text;
    facts text;
BEGIN
    SELECT array_agg(r.id ORDER BY r.n), min(r.code) FILTER (WHERE r.id IS NULL)
      INTO accounts, stray
      FROM (SELECT l.code, l.n, (SELECT a.id FROM @schema@.ledger_account a
                                  WHERE a.code = l.code AND a.currency = l.currency) AS id
              FROM unnest(codes, currencies) WITH ORDINALITY AS l(code, currency, n)) r;
    IF stray IS NOT NULL THEN
        RETURN QUERY SELECT 'ledger.account_unknown', jsonb_build_object('account', stray), NULL::integer, NULL::uuid;
        RETURN;
    END IF;
    BEGIN
        IF true = ANY (are_pending) THEN
            WITH made AS (
                INSERT INTO @schema@.ledger_entry (id, kind, booking_date, value_date, reference, description,
                    idempotency_key, content_hash, request_hash, state, expires_at, line_count, reverses_id,
                    recorded_at)
                SELECT e.id, e.kind, e.booking_date, e.value_date, e.ref, e.description,
                       e.key, e.hash, e.hash, 'pending', nullif(e.expires_at, 'infinity'), e.line_count, e.reverses, at
                  FROM unnest(entry_ids, kinds, booking_dates, value_dates, refs, descriptions, keys, hashes,
                              line_counts, reversed, are_pending, expiries)
                       AS e(id, kind, booking_date, value_date, ref, description, key, hash, line_count, reverses,
                            is_pending, expires_at)
                 WHERE e.is_pending
                 ORDER BY e.key
                ON CONFLICT (idempotency_key) DO NOTHING
                RETURNING id)
            INSERT INTO @schema@.ledger_pending_line (entry_id, line_no, account_id, side, amount)
            SELECT m.id, l.line_no, l.account_id, l.side, l.amount
              FROM unnest(line_entries, line_nos, accounts, sides, amounts)
                   AS l(entry_id, line_no, account_id, side, amount)
              JOIN made m ON m.id = l.entry_id;
            GET DIAGNOSTICS here = ROW_COUNT;
            written := written + here;
        END IF;
        IF false = ANY (are_pending) THEN
            WITH made AS (
                INSERT INTO @schema@.ledger_entry (id, kind, booking_date, value_date, reference, description,
                    idempotency_key, content_hash, state, line_count, reverses_id, recorded_at, posted_at)
                SELECT e.id, e.kind, e.booking_date, e.value_date, e.ref, e.description,
                       e.key, e.hash, 'posted', e.line_count, e.reverses, at, at
                  FROM unnest(entry_ids, kinds, booking_dates, value_dates, refs, descriptions, keys, hashes,
                              line_counts, reversed, are_pending)
                       AS e(id, kind, booking_date, value_date, ref, description, key, hash, line_count, reverses,
                            is_pending)
                 WHERE NOT e.is_pending
                 ORDER BY e.key
                ON CONFLICT (idempotency_key) DO NOTHING
                RETURNING id, booking_date, value_date)
            INSERT INTO @schema@.ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
            SELECT m.id, l.line_no, l.account_id, l.side, l.amount, m.booking_date, m.value_date
              FROM unnest(line_entries, line_nos, accounts, sides, amounts)
                   AS l(entry_id, line_no, account_id, side, amount)
              JOIN made m ON m.id = l.entry_id;
            GET DIAGNOSTICS here = ROW_COUNT;
            written := written + here;
        END IF;
        IF written < cardinality(line_nos) THEN
            SELECT a.key INTO stray
              FROM unnest(keys, hashes) AS a(key, hash)
              JOIN @schema@.ledger_entry e ON e.idempotency_key = a.key
             WHERE coalesce(e.request_hash, e.content_hash) <> a.hash
             LIMIT 1;
            IF FOUND THEN
                PERFORM @schema@.ledger_refuse('ledger.idempotency_conflict', jsonb_build_object('key', stray));
            END IF;
            RETURN QUERY
            SELECT NULL::text, NULL::jsonb, a.n::integer, e.id
              FROM unnest(keys, entry_ids) WITH ORDINALITY AS a(key, id, n)
              JOIN @schema@.ledger_entry e ON e.idempotency_key = a.key
             WHERE e.id <> a.id;
        END IF;
    EXCEPTION WHEN check_violation OR unique_violation THEN
        GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME, facts = PG_EXCEPTION_DETAIL;
        RETURN QUERY SELECT code, @schema@.ledger_facts(code, facts), NULL::integer, NULL::uuid;
    END;
END $fn$;

-- A pending entry becomes posted: what it held is what it posts, on the dates of its outcome.
CREATE FUNCTION @schema@.ledger_settle(
    entry uuid, booked date, valued date, hash bytea, at timestamptz
) RETURNS TABLE (refusal text, detail jsonb) LANGUAGE plpgsql AS $fn$
DECLARE
    code text;
    facts text;
BEGIN
    WITH settled AS (
        UPDATE @schema@.ledger_entry e
           SET state = 'posted', booking_date = booked, value_date = valued, content_hash = hash, posted_at = at
         WHERE e.id = entry AND e.state = 'pending'
        RETURNING e.id)
    INSERT INTO @schema@.ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
    SELECT s.id, l.line_no, l.account_id, l.side, l.amount, booked, valued
      FROM settled s JOIN @schema@.ledger_pending_line l ON l.entry_id = s.id;
EXCEPTION WHEN check_violation OR unique_violation THEN
    GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME, facts = PG_EXCEPTION_DETAIL;
    RETURN QUERY SELECT code, @schema@.ledger_facts(code, facts);
END $fn$;

$sql$, '@schema@', quote_ident(current_schema())); END $install$;
