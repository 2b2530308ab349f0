-- Some calendar months of an enterprise in a scene, as all that is known shows their days.
CREATE FUNCTION receipts_months(in_enterprise_id uuid, in_scene_id uuid, in_months date[])
RETURNS TABLE (month date, known_day date, takings text, signs text) LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan
  SET enable_nestloop = off -- as in receipts_as_known
AS $body$
#variable_conflict use_column
DECLARE
    from_day CONSTANT date := (SELECT min(m) FROM unnest(in_months) AS m);
    to_day CONSTANT date := (SELECT (max(m) + interval '1 month')::date FROM unnest(in_months) AS m);
BEGIN
    RETURN QUERY
    SELECT date_trunc('month', day)::date, max(greatest(days.known_day, signs.known_day)),
           json_build_array(/* takings */)::text, json_build_array(/* signs */)::text
      FROM (/* days */) AS days
      LEFT JOIN (
        SELECT DISTINCT ON (day) day, known_day, /* columns */
          FROM receipts_receiptsigns
         WHERE enterprise_id = in_enterprise_id AND scene_id = in_scene_id AND day >= from_day AND day < to_day
         ORDER BY day, known_day DESC
      ) AS signs USING (day)
     WHERE date_trunc('month', day)::date = ANY (in_months)
     GROUP BY 1;
END
$body$;

-- Keep those months, once their days and signs are written.
CREATE FUNCTION receipts_keep_months(in_enterprise_id uuid, in_scene_id uuid, in_months date[])
RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO receipts_receiptmonth (enterprise_id, scene_id, month, known_day, takings, signs)
    SELECT in_enterprise_id, in_scene_id, kept.month, kept.known_day, kept.takings, kept.signs
      FROM receipts_months(in_enterprise_id, in_scene_id, in_months) AS kept
     ORDER BY kept.month
    ON CONFLICT (enterprise_id, scene_id, month) DO UPDATE SET
        known_day = EXCLUDED.known_day, takings = EXCLUDED.takings, signs = EXCLUDED.signs;
END
$body$;

-- What consents cover at an instant and, if they do, the receipts as they were known by a date: JSON of the data
-- classes; the months' takings; the months' signs; or, where some of a month became known later, the days and
-- signs of `receipts_as_known`; and what was delivered. NULL, and not read, is what was not asked for.
CREATE FUNCTION receipts_under_consent(
    in_enterprise_id uuid, in_scene_id uuid, in_purpose text, in_now timestamptz, in_days boolean,
    in_start_date date, in_end_date date, in_known_by date, in_signs_since date,
    in_since timestamptz, in_until timestamptz
) RETURNS text LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $body$
DECLARE
    classes CONSTANT text[] := consents_classes(in_enterprise_id, in_scene_id, in_purpose, in_now);
    is_covered CONSTANT boolean := 'receipts' = ANY (classes);
    holds boolean;
    takings text;
    signs text;
    days text;
    delivered bigint[];
BEGIN
    IF is_covered AND in_days THEN
        SELECT bool_and(m.known_day <= in_known_by), string_agg(m.takings, ',' ORDER BY m.month),
               string_agg(m.signs, ',' ORDER BY m.month) FILTER (WHERE m.month + 31 > in_signs_since)
          INTO holds, takings, signs
          FROM receipts_receiptmonth AS m
         WHERE m.enterprise_id = in_enterprise_id AND m.scene_id = in_scene_id
           AND m.month > in_start_date - 31 AND m.month < in_end_date;
        IF NOT holds THEN
            days := receipts_as_known(in_enterprise_id, in_scene_id, in_start_date, in_end_date, in_known_by,
                                      in_signs_since, in_signs_since IS NOT NULL);
        END IF;
    END IF;
    IF is_covered AND in_since IS NOT NULL THEN
        delivered := receipts_delivered(in_enterprise_id, in_scene_id, in_since, in_until);
    END IF;
    RETURN concat('[', array_to_json(classes), ',',
                  CASE WHEN holds THEN concat('[', takings, '],[', signs, '],null') ELSE
                      concat('null,null,', coalesce(days, 'null')) END,
                  ',', coalesce(array_to_json(delivered)::text, 'null'), ']');
END
$body$;
