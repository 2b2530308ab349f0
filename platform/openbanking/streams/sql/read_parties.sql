UNION ALL
SELECT role, start_date, window_end, count(*), max(value)::bigint, sum(value)::bigint/* padding */
FROM (
    SELECT role, windows.start_date, windows.window_end, party_ref, sum(value) AS value
    FROM unnest(%(window_starts)s::date[], %(window_ends)s::date[]) AS windows (start_date, window_end)
    JOIN streams_partyday
        ON day >= windows.start_date AND day < windows.window_end
    WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s AND stream = %(stream)s
        AND known_day <= %(known_by)s
    GROUP BY role, windows.start_date, windows.window_end, party_ref
    HAVING sum(item_count) > 0
) AS parties
GROUP BY role, start_date, window_end
