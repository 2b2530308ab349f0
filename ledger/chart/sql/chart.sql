-- What PostgreSQL itself holds about accounts: they close, they are never deleted, and what they are never changes.
-- Bodies are schema-qualified when installed, so that one bank's trigger can never reach another bank's tables.
DO $install$ BEGIN EXECUTE replace($sql$

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
