-- One row an exposure: EAD x share of its segment and stage, discounted at its own rate, half up, never above EAD.
INSERT INTO ecl_result (run_id, exposure_id, debtor_id, segment, stage, drawn, undrawn, ecl, commitment_ecl)
SELECT %(run_id)s, x.exposure_id, x.debtor_id, x.segment, x.stage, x.drawn, x.undrawn,
       least(x.drawn, round(x.drawn * f.share / (1 + x.annual_rate * f.years)))::bigint,
       least(x.converted, round(x.converted * f.share / (1 + x.annual_rate * f.years)))::bigint
  FROM (SELECT e.exposure_id, e.debtor_id, e.drawn, e.undrawn, e.annual_rate,
               CASE WHEN e.segment = ANY (%(known)s::text[]) THEN e.segment ELSE '*' END AS segment,
               coalesce(s.stage, 1) AS stage,
               greatest(0, coalesce(%(as_of_date)s::date - e.oldest_due_date, 0)) AS days,
               round(e.undrawn * CASE WHEN e.is_cancellable THEN %(cancellable)s::numeric
                                      ELSE %(conversion)s::numeric END) AS converted
          FROM ({exposures}) e
          LEFT JOIN classification_state s ON s.exposure_id = e.exposure_id
        OFFSET 0) x  -- keeps the join by hash apart: joined to the shares first it would be one index look-up a share
  JOIN unnest(%(segments)s::text[], %(stages)s::int[], %(from_days)s::int[], %(to_days)s::int[],
              %(shares)s::numeric[], %(years)s::numeric[]) AS f (segment, stage, from_days, to_days, share, years)
    ON f.segment = x.segment AND f.stage = x.stage AND x.days >= f.from_days AND x.days < f.to_days
