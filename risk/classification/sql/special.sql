-- The exposures that cross.sql would leave to Python now, after Python has looked at some of them already.
SELECT coalesce(l.exposure_id, s.exposure_id), coalesce(l.debtor_id, s.debtor_id), l.oldest_due_date,
       coalesce(l.day_step, 0)
  FROM (SELECT exposure_id, debtor_id, oldest_due_date, is_retail,
               width_bucket(%(on_date)s::date - oldest_due_date, %(steps)s::int[]) AS day_step
          FROM ({exposures}) e
         WHERE oldest_due_date < %(on_date)s::date) l
  FULL JOIN classification_state s ON s.exposure_id = l.exposure_id
 WHERE coalesce(l.day_step, 0) <> coalesce(s.day_step, 0)
    OR s.check_date <= %(on_date)s::date
 ORDER BY 1
