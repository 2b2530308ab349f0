-- Moves every exposure that crossed a threshold of days past due and has nothing special about it: no flag, no
-- override, no observation, not retail, not a non-performing one that got better. Those are left to Python, and named
-- in the answer, as are those whose day of review has come.
-- {exposures} is the caller's SELECT; an exposure that is not in it, or not overdue in it, stands at step 0.
-- The tables are read once each and joined by hash; only those that crossed are written.
WITH moved AS MATERIALIZED (
    SELECT coalesce(l.exposure_id, s.exposure_id) AS exposure_id,
           coalesce(l.debtor_id, s.debtor_id) AS debtor_id,
           l.oldest_due_date,
           coalesce(%(on_date)s::date - l.oldest_due_date, 0) AS days,
           coalesce(l.day_step, 0) AS day_step,
           coalesce(s.tier, 'normal') AS from_tier,
           coalesce(s.stage, 1) AS from_stage,
           coalesce(l.day_step, 0) <> coalesce(s.day_step, 0)
               AND coalesce(l.is_retail, true)
               AND (s.exposure_id IS NULL
                    OR (s.tier IN ('normal', 'special_mention') OR coalesce(l.day_step, 0) > s.day_step)
                       AND NOT (s.is_technical OR s.is_impaired OR s.has_early_warning OR s.sicr_rebutted
                                OR s.refinances OR s.debtor_floor OR s.observation_failed OR s.override_tier <> ''
                                OR s.observation_end_date IS NOT NULL OR s.cure_date IS NOT NULL
                                OR s.check_date IS NOT NULL)) AS is_plain
      FROM (SELECT exposure_id, debtor_id, oldest_due_date, is_retail,
                   width_bucket(%(on_date)s::date - oldest_due_date, %(steps)s::int[]) AS day_step
              FROM ({exposures}) e
             WHERE oldest_due_date < %(on_date)s::date) l
      FULL JOIN classification_state s ON s.exposure_id = l.exposure_id
     WHERE coalesce(l.day_step, 0) <> coalesce(s.day_step, 0) OR s.check_date <= %(on_date)s::date
), crossed AS MATERIALIZED (
    SELECT exposure_id, debtor_id, oldest_due_date, days, day_step, from_tier, from_stage,
           (%(tiers)s::text[])[day_step + 1] AS to_tier,
           (%(stages)s::int[])[day_step + 1] AS to_stage
      FROM moved
     WHERE is_plain
), written AS (
    INSERT INTO classification_state AS s
           (exposure_id, debtor_id, tier, tier_since_date, stage, stage_since_date, day_step, oldest_due_date,
            is_technical, is_impaired, has_early_warning, sicr_rebutted, refinances, debtor_floor, override_tier,
            observation_failed, updated_date)
    SELECT exposure_id, debtor_id, to_tier, %(on_date)s, to_stage, %(on_date)s, day_step, oldest_due_date,
           false, false, false, false, false, false, '', false, %(on_date)s
      FROM crossed
        ON CONFLICT (exposure_id) DO UPDATE
       SET tier = excluded.tier,
           tier_since_date = CASE WHEN s.tier = excluded.tier THEN s.tier_since_date ELSE excluded.tier_since_date END,
           stage = excluded.stage,
           stage_since_date =
               CASE WHEN s.stage = excluded.stage THEN s.stage_since_date ELSE excluded.stage_since_date END,
           day_step = excluded.day_step,
           oldest_due_date = excluded.oldest_due_date,
           updated_date = excluded.updated_date
), tiers AS (
    INSERT INTO classification_tier_change
           (id, exposure_id, debtor_id, business_date, from_tier, to_tier, days_past_due, reasons, rules,
            decided_by, checked_by, recorded_at)
    SELECT gen_random_uuid(), exposure_id, debtor_id, %(on_date)s, from_tier, to_tier, days,
           '["days_past_due"]'::jsonb, %(rules)s::jsonb, 'day_end', '', %(now)s
      FROM crossed WHERE from_tier <> to_tier
    RETURNING 1
), stages AS (
    INSERT INTO classification_stage_change
           (id, exposure_id, business_date, from_stage, to_stage, days_past_due, recorded_at)
    SELECT gen_random_uuid(), exposure_id, %(on_date)s, from_stage, to_stage, days, %(now)s
      FROM crossed WHERE from_stage <> to_stage
    RETURNING 1
)
SELECT (SELECT count(*) FROM crossed), (SELECT count(*) FROM tiers), (SELECT count(*) FROM stages),
       ids, debtors, due_dates, steps
  FROM (SELECT coalesce(array_agg(exposure_id ORDER BY exposure_id), '{}') AS ids,
               coalesce(array_agg(debtor_id ORDER BY exposure_id), '{}') AS debtors,
               coalesce(array_agg(oldest_due_date ORDER BY exposure_id), '{}') AS due_dates,
               coalesce(array_agg(day_step ORDER BY exposure_id), '{}') AS steps
          FROM moved WHERE NOT is_plain) special
