-- A published version is a term of contracts: nothing in it changes, it is only ever retired, and no version
-- that was ever published is deleted.
CREATE FUNCTION product_version_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'product version % v% is published and cannot be deleted', OLD.code, OLD.version
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'draft' THEN
        RETURN NEW;
    END IF;
    IF OLD.status = 'published' AND NEW.status = 'retired'
       AND to_jsonb(OLD) - 'status' - 'retired_by' - 'retired_at'
         = to_jsonb(NEW) - 'status' - 'retired_by' - 'retired_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'product version % v% is published and cannot be changed', OLD.code, OLD.version
        USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER product_version_immutable
    BEFORE UPDATE OR DELETE ON products_productversion
    FOR EACH ROW EXECUTE FUNCTION product_version_is_immutable();
