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

-- One posted entry, and nothing out of the ordinary: written, or an error. One plan for every call: made for the values
-- of each call it would cost as much as the writing. Amounts are signed: debits above zero, credits below.
CREATE FUNCTION @schema@.ledger_write_one(
    entry uuid, kind text, booked date, valued date, ref text, description text, key text, hash bytea, reversed uuid,
    codes text[], currencies text[], amounts bigint[], at timestamptz
) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $fn$
#variable_conflict use_column
BEGIN
    WITH made AS (
        INSERT INTO @schema@.ledger_entry (id, kind, booking_date, value_date, reference, description,
            idempotency_key, content_hash, state, line_count, reverses_id, recorded_at, posted_at)
        VALUES (entry, ledger_write_one.kind, booked, valued, ref, ledger_write_one.description,
                key, hash, 'posted', cardinality(codes), reversed, at, at)
        RETURNING id)
    INSERT INTO @schema@.ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
    SELECT m.id, i,
           (SELECT a.id FROM @schema@.ledger_account a WHERE a.code = codes[i] AND a.currency = currencies[i]),
           CASE WHEN amounts[i] > 0 THEN 'debit' ELSE 'credit' END, abs(amounts[i]), booked, valued
      FROM made m CROSS JOIN generate_series(1, cardinality(codes)) AS i;
    RETURN true;
END $fn$;

-- The same within a transaction that goes on: false says only that it was not written (its key was there, or something
-- refuses it) and leaves nothing: `ledger_post` then says which. A call that is a whole transaction needs no savepoint.
CREATE FUNCTION @schema@.ledger_post_one(
    entry uuid, kind text, booked date, valued date, ref text, description text, key text, hash bytea, reversed uuid,
    codes text[], currencies text[], amounts bigint[], at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $fn$
BEGIN
    RETURN @schema@.ledger_write_one(entry, kind, booked, valued, ref, description, key, hash, reversed,
                                     codes, currencies, amounts, at);
EXCEPTION WHEN check_violation OR unique_violation OR not_null_violation THEN
    RETURN false;
END $fn$;

-- Any number of entries. Accounts are named once each; a line gives its entry's and its account's place in those arrays
-- (from 1) and a signed amount. Where nothing is pending (`are_pending` is null), everything is taken to be new: a key
-- that is there already shows as a unique violation, and only then does each key have to be looked at.
-- Where all entries have the same kind, dates, description or count of lines, that array has the one value.
CREATE FUNCTION @schema@.ledger_post(
    entry_ids uuid[], kinds text[], booking_dates date[], value_dates date[], refs text[], descriptions text[],
    keys text[], hashes bytea[], line_counts smallint[], reversed uuid[], are_pending boolean[],
    expiries timestamptz[], codes text[], currencies text[], line_entries integer[], line_nos smallint[],
    line_accounts integer[], amounts bigint[], at timestamptz
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
    many integer := cardinality(entry_ids);
BEGIN
    kinds := CASE cardinality(kinds) WHEN 1 THEN array_fill(kinds[1], ARRAY[many]) ELSE kinds END;
    booking_dates := CASE cardinality(booking_dates) WHEN 1 THEN array_fill(booking_dates[1], ARRAY[many])
                     ELSE booking_dates END;
    value_dates := CASE cardinality(value_dates) WHEN 1 THEN array_fill(value_dates[1], ARRAY[many])
                   ELSE value_dates END;
    descriptions := CASE cardinality(descriptions) WHEN 1 THEN array_fill(descriptions[1], ARRAY[many])
                    ELSE descriptions END;
    line_counts := CASE cardinality(line_counts) WHEN 1 THEN array_fill(line_counts[1], ARRAY[many])
                   ELSE line_counts END;
    SELECT array_agg(r.id ORDER BY r.n), min(r.code) FILTER (WHERE r.id IS NULL)
      INTO accounts, stray
      FROM (SELECT l.code, l.n, (SELECT a.id FROM @schema@.ledger_account a
                                  WHERE a.code = l.code AND a.currency = l.currency) AS id
              FROM unnest(codes, currencies) WITH ORDINALITY AS l(code, currency, n) OFFSET 0) r;
    IF stray IS NOT NULL THEN
        RETURN QUERY SELECT 'ledger.account_unknown', jsonb_build_object('account', stray), NULL::integer, NULL::uuid;
        RETURN;
    END IF;
    IF are_pending IS NULL AND cardinality(entry_ids) > 1 THEN  -- one comes here after `ledger_post_one` gave up on it
        BEGIN
            WITH made AS (
                INSERT INTO @schema@.ledger_entry (id, kind, booking_date, value_date, reference, description,
                    idempotency_key, content_hash, state, line_count, reverses_id, recorded_at, posted_at)
                SELECT entry_ids[i], kinds[i], booking_dates[i], value_dates[i], refs[i], descriptions[i],
                       keys[i], hashes[i], 'posted', line_counts[i], reversed[i], at, at
                  FROM (SELECT g.i FROM generate_series(1, cardinality(entry_ids)) AS g(i)
                         ORDER BY keys[g.i] OFFSET 0) AS o  -- sorts places, not rows
                RETURNING true AS done)
            INSERT INTO @schema@.ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
            SELECT entry_ids[line_entries[i]], line_nos[i], accounts[line_accounts[i]],
                   CASE WHEN amounts[i] > 0 THEN 'debit' ELSE 'credit' END, abs(amounts[i]),
                   booking_dates[line_entries[i]], value_dates[line_entries[i]]
              FROM generate_series(1, cardinality(amounts)) AS i
             WHERE (SELECT bool_and(done) FROM made);
            RETURN;
        EXCEPTION WHEN unique_violation THEN
            NULL;
        WHEN check_violation THEN
            GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME, facts = PG_EXCEPTION_DETAIL;
            RETURN QUERY SELECT code, @schema@.ledger_facts(code, facts), NULL::integer, NULL::uuid;
            RETURN;
        END;
    END IF;
    BEGIN
        IF true = ANY (are_pending) THEN
            WITH made AS (
                INSERT INTO @schema@.ledger_entry (id, kind, booking_date, value_date, reference, description,
                    idempotency_key, content_hash, request_hash, state, expires_at, line_count, reverses_id,
                    recorded_at)
                SELECT entry_ids[i], kinds[i], booking_dates[i], value_dates[i], refs[i], descriptions[i],
                       keys[i], hashes[i], hashes[i], 'pending', expiries[i], line_counts[i],
                       reversed[i], at
                  FROM generate_series(1, cardinality(entry_ids)) AS i
                 WHERE are_pending[i]
                 ORDER BY keys[i]
                ON CONFLICT (idempotency_key) DO NOTHING
                RETURNING id)
            INSERT INTO @schema@.ledger_pending_line (entry_id, line_no, account_id, side, amount)
            SELECT m.id, line_nos[i], accounts[line_accounts[i]],
                   CASE WHEN amounts[i] > 0 THEN 'debit' ELSE 'credit' END, abs(amounts[i])
              FROM generate_series(1, cardinality(amounts)) AS i
              JOIN made m ON m.id = entry_ids[line_entries[i]];
            GET DIAGNOSTICS here = ROW_COUNT;
            written := written + here;
        END IF;
        IF are_pending IS NULL OR false = ANY (are_pending) THEN
            WITH made AS (
                INSERT INTO @schema@.ledger_entry (id, kind, booking_date, value_date, reference, description,
                    idempotency_key, content_hash, state, line_count, reverses_id, recorded_at, posted_at)
                SELECT entry_ids[i], kinds[i], booking_dates[i], value_dates[i], refs[i], descriptions[i],
                       keys[i], hashes[i], 'posted', line_counts[i], reversed[i], at, at
                  FROM generate_series(1, cardinality(entry_ids)) AS i
                 WHERE are_pending[i] IS NOT TRUE
                 ORDER BY keys[i]
                ON CONFLICT (idempotency_key) DO NOTHING
                RETURNING id, booking_date, value_date)
            INSERT INTO @schema@.ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
            SELECT m.id, line_nos[i], accounts[line_accounts[i]],
                   CASE WHEN amounts[i] > 0 THEN 'debit' ELSE 'credit' END, abs(amounts[i]),
                   m.booking_date, m.value_date
              FROM generate_series(1, cardinality(amounts)) AS i
              JOIN made m ON m.id = entry_ids[line_entries[i]];
            GET DIAGNOSTICS here = ROW_COUNT;
            written := written + here;
        END IF;
        IF written < cardinality(amounts) THEN
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
