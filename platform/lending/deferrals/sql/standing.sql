-- What stands in the books of all deferred fees: what is not earned before a day. A fee that is earned or lost to the
-- end leaves nothing; a curve ends at its end date.
SELECT coalesce(sum(deferred - lost - CASE WHEN start_date IS NULL THEN 0
                    ELSE earned[least(greatest(%(through)s::date - start_date, 0), end_date - start_date) + 1] END)
                FILTER (WHERE end_date IS NULL OR end_date > %(through)s), 0),
       count(*)
  FROM deferrals_deferredfee
