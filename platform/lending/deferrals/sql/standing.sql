-- What stands in the books of all deferred fees: what is not earned before a day. A curve ends at its end date: a fee
-- that is earned or lost to the end leaves nothing then, one of a loan that does not accrue what it holds.
SELECT coalesce(sum(CASE WHEN end_date <= %(through)s THEN held
                         WHEN start_date IS NULL THEN deferred - lost
                         ELSE deferred - lost
                              - earned[least(greatest(%(through)s::date - start_date, 0), end_date - start_date) + 1]
                    END), 0),
       count(*)
  FROM deferrals_deferredfee
