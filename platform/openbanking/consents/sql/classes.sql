-- The data classes that an enterprise's consents through a scene cover at an instant.
-- A function, because its plan is kept by the session: every decision asks it.
CREATE FUNCTION consents_classes(in_enterprise_id uuid, in_scene_id uuid, in_purpose text, in_now timestamptz)
RETURNS text[] LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $body$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(DISTINCT class::text), '{}')
          FROM consents_consent c CROSS JOIN unnest(c.data_classes) AS class
         WHERE c.enterprise_id = in_enterprise_id AND c.scene_id = in_scene_id AND c.purpose = in_purpose
           AND c.status = 'authorised' AND c.authorised_at <= in_now AND c.expires_at > in_now);
END
$body$;
