-- What was consented to never changes; only where the consent stands does.
CREATE FUNCTION consents_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.enterprise_id, NEW.scene_id, NEW.purpose, NEW.data_classes, NEW.recipient, NEW.text_version,
        NEW.text_sha256, NEW.authorised_at, NEW.expires_at, NEW.evidence)
       IS DISTINCT FROM
       (OLD.enterprise_id, OLD.scene_id, OLD.purpose, OLD.data_classes, OLD.recipient, OLD.text_version,
        OLD.text_sha256, OLD.authorised_at, OLD.expires_at, OLD.evidence) THEN
        RAISE EXCEPTION 'the terms of a consent are never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER consents_terms_frozen
    BEFORE UPDATE ON consents_consent
    FOR EACH ROW EXECUTE FUNCTION consents_refuse_rewrite();
