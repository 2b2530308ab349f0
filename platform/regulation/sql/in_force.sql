-- The parameters of several rules as they held on a day, by code; what is not adopted is left out.
-- A function, because its plan is kept by the session: a decision asks it whenever its stamp is new.
CREATE FUNCTION adopted_parameters(in_codes text[], in_day date)
RETURNS text LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $body$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(code, parameters), '{}')::text FROM (
            SELECT DISTINCT ON (code) code, parameters FROM adopted_rule
             WHERE code = ANY (in_codes) AND effective_from <= in_day
               AND (effective_to IS NULL OR effective_to > in_day)
             ORDER BY code, effective_from DESC, revision DESC) AS held);
END
$body$;
