-- One enterprise's days in a scene as they were known by a date, and with `in_signs` the last known signs of each:
-- JSON of one array a figure, the first the days as numbers (1 is 0001-01-01), oldest first; NULL without a day.
-- Functions, because their plans are kept by the session: they are asked all day. Arrays, because a hundred rows
-- of twenty columns cost more to carry than to find.
CREATE FUNCTION receipts_as_known(
    in_enterprise_id uuid, in_scene_id uuid, in_start_date date, in_end_date date, in_known_by date,
    in_signs_since date, in_signs boolean
) RETURNS text LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan
  SET enable_nestloop = off -- a kept plan expects one day and would look through all signs for each of hundreds
AS $body$
BEGIN
    IF NOT in_signs THEN
        RETURN (
            SELECT CASE WHEN count(*) > 0 THEN json_build_array(
                       array_agg(day - DATE '0001-01-01' + 1), array_agg(sale_count), array_agg(sales),
                       array_agg(refund_count), array_agg(refunds), array_agg(payer_count), array_agg(late_count)
                   )::text END
              FROM (/* days */) AS days);
    END IF;
    RETURN (
        SELECT CASE WHEN count(*) > 0 THEN json_build_array(
                   array_agg(day - DATE '0001-01-01' + 1), array_agg(days.sale_count), array_agg(sales),
                   array_agg(refund_count), array_agg(refunds), array_agg(payer_count), array_agg(late_count),
                   /* signs */
               )::text END
          FROM (
            SELECT * FROM (/* days */) AS days
              LEFT JOIN (
                SELECT DISTINCT ON (day) day, /* columns */
                  FROM receipts_receiptsigns
                 WHERE enterprise_id = in_enterprise_id AND scene_id = in_scene_id
                   AND day >= in_signs_since AND day < in_end_date AND known_day <= in_known_by
                 ORDER BY day, known_day DESC
              ) AS signs USING (day)
             ORDER BY day
          ) AS days);
END
$body$;

-- How many rows a scene sent about an enterprise from one instant to before another: read, rejected, duplicate.
CREATE FUNCTION receipts_delivered(
    in_enterprise_id uuid, in_scene_id uuid, in_since timestamptz, in_until timestamptz
) RETURNS bigint[] LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $body$
BEGIN
    RETURN (
        SELECT ARRAY[coalesce(sum(rows_read), 0), coalesce(sum(rows_rejected), 0), coalesce(sum(rows_duplicate), 0)]
          FROM batches_databatch
         WHERE enterprise_id = in_enterprise_id AND scene_id = in_scene_id
           AND cluster = 'receipts' AND completed_at >= in_since AND completed_at < in_until);
END
$body$;
