-- What PostgreSQL itself holds about accounts: they close, they are never deleted, and what they are never changes.
-- Bodies are schema-qualified when installed, so that one bank's trigger can never reach another bank's tables.
DO $install$ BEGIN EXECUTE replace($sql$

-- Whoever posts holds the books lock, together with all others who post, until the transaction ends, and takes it
-- before PostgreSQL numbers the first posting. Closing a month or an account takes it alone, and so waits for every
-- transaction that is posting; the fold sees by it which numbers may still be on their way.
-- The relation's oid makes the lock this bank's own.
CREATE FUNCTION @schema@.ledger_books_lock() RETURNS bigint LANGUAGE sql IMMUTABLE AS $fn$
    SELECT '@schema@.ledger_account'::regclass::oid::bigint << 24
$fn$;

CREATE FUNCTION @schema@.ledger_account_kept() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    IF TG_OP = 'UPDATE'
       AND (NEW.id, NEW.code, NEW.kind, NEW.normal_side, NEW.currency, NEW.guard, NEW.opened_date)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.code, OLD.kind, OLD.normal_side, OLD.currency, OLD.guard, OLD.opened_date) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ledger.account_immutable: account % is never deleted and keeps its nature', OLD.code
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger.account_immutable';
END $fn$;

CREATE TRIGGER ledger_account_kept BEFORE UPDATE OR DELETE ON @schema@.ledger_account
    FOR EACH ROW EXECUTE FUNCTION @schema@.ledger_account_kept();

$sql$, '@schema@', quote_ident(current_schema())); END $install$;
