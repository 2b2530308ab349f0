-- One enterprise's days in a scene as they were known by a date, then (if the stream has parties) its parties.
SELECT 'day' AS what, day, NULL::date AS end_date, /* sums */
FROM /* day_table */
WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s
    AND day >= %(start_date)s AND day < %(end_date)s AND known_day <= %(known_by)s
GROUP BY day
