-- What deferred fees earn between two days, by product: the curves' later figure less the earlier one, one scan of
-- the fees that still run. The exempt part is that of all that is earned up to a day, half up, so that days add up.
-- A curve is unpacked once, for the days between (OFFSET 0 keeps the cut by itself): it ends at its end date.
WITH cut AS (
    SELECT product, deferred, exempt,
           earned[least(greatest(%(from_date)s::date - start_date, 0), end_date - start_date) + 1
                : least(greatest(%(to_date)s::date - start_date, 0), end_date - start_date) + 1] AS days
      FROM deferrals_deferredfee
     WHERE end_date > %(from_date)s
    OFFSET 0
), running AS (
    SELECT product, deferred, exempt, days[1] AS was, days[cardinality(days)] AS is_now FROM cut
)
SELECT product, count(*), sum(is_now - was),
       sum((2 * is_now * exempt + deferred) / (2 * deferred) - (2 * was * exempt + deferred) / (2 * deferred))
  FROM running
 GROUP BY product
 ORDER BY product
