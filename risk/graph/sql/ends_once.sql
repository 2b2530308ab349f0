-- A relation or a flag is ended once; nothing else about it ever changes, and nothing is taken back.
CREATE FUNCTION graph_ends_once() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.valid_to IS NOT NULL OR NEW.valid_to IS NULL
       OR to_jsonb(NEW) - '{valid_to,ended_at,ended_because}'::text[]
          IS DISTINCT FROM to_jsonb(OLD) - '{valid_to,ended_at,ended_because}'::text[] THEN
        RAISE EXCEPTION '% may only grow, and its rows end once: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation', HINT = 'End the row, and write a new one.';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER graph_relation_ends_once BEFORE UPDATE OR DELETE ON graph_relation
    FOR EACH ROW EXECUTE FUNCTION graph_ends_once();
CREATE TRIGGER graph_bad_flag_ends_once BEFORE UPDATE OR DELETE ON graph_bad_flag
    FOR EACH ROW EXECUTE FUNCTION graph_ends_once();
CREATE TRIGGER graph_relation_no_truncate BEFORE TRUNCATE ON graph_relation
    FOR EACH STATEMENT EXECUTE FUNCTION graph_ends_once();
CREATE TRIGGER graph_bad_flag_no_truncate BEFORE TRUNCATE ON graph_bad_flag
    FOR EACH STATEMENT EXECUTE FUNCTION graph_ends_once();
