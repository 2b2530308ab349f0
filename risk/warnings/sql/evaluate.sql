-- Judges subjects by what is measured of them: the caller's SELECT (subject_id, measure, value) and the newest fresh
-- sightings. A measure that is not there today clears no signal: the earlier hit is carried on. Writes the state of
-- every subject whose signals changed and returns those whose level moved: (subject, from, to, signals).
WITH policy AS (
    SELECT *
      FROM jsonb_to_recordset(%(signals)s::jsonb)
           AS row(signal text, measure text, op text, value numeric, level text, rank int)
), sighted AS (
    SELECT DISTINCT ON (subject_id, measure) subject_id, measure, value
      FROM warnings_sighting
     WHERE as_of_date <= %(on_date)s AND as_of_date > %(fresh_after)s
       AND (%(subject)s::uuid IS NULL OR subject_id = %(subject)s)
     ORDER BY subject_id, measure, as_of_date DESC, recorded_at DESC, id DESC
), measured AS MATERIALIZED (
    SELECT subject_id, measure, value FROM ({measures}) given
     WHERE value IS NOT NULL AND (%(subject)s::uuid IS NULL OR subject_id = %(subject)s)
    UNION ALL
    SELECT subject_id, measure, value FROM sighted
), hits AS (
    SELECT m.subject_id, p.signal, p.measure, m.value::text AS value, p.op, p.value::text AS threshold, p.rank
      FROM measured m JOIN policy p USING (measure)
     WHERE CASE p.op WHEN '>=' THEN m.value >= p.value WHEN '>' THEN m.value > p.value
                     WHEN '<=' THEN m.value <= p.value ELSE m.value < p.value END
), carried AS (
    SELECT s.subject_id, c.signal, c.measure, c.value, c.op, c.threshold, p.rank
      FROM warnings_warningstate s
      CROSS JOIN LATERAL jsonb_to_recordset(s.signals)
           AS c(signal text, measure text, value text, op text, threshold text)
      JOIN policy p USING (signal)
     WHERE s.level <> 'none' AND (%(subject)s::uuid IS NULL OR s.subject_id = %(subject)s)
       AND NOT EXISTS (SELECT 1 FROM measured m WHERE m.subject_id = s.subject_id AND m.measure = c.measure)
), standing AS (
    SELECT subject_id,
           greatest(max(rank),
                    CASE WHEN count(DISTINCT measure) FILTER (WHERE rank = 1) >= %(watch_together)s THEN 2 END,
                    CASE WHEN count(DISTINCT measure) FILTER (WHERE rank = 2) >= %(act_together)s THEN 3 END) AS rank,
           jsonb_agg(jsonb_build_object('signal', signal, 'measure', measure, 'value', value, 'op', op,
                                        'threshold', threshold) ORDER BY rank DESC, signal) AS signals
      FROM (SELECT * FROM hits UNION ALL SELECT * FROM carried) found
     GROUP BY subject_id
), judged AS (
    SELECT coalesce(n.subject_id, s.subject_id) AS subject_id,
           coalesce(s.level, 'none') AS from_level,
           (ARRAY['none', 'watch', 'act', 'stop'])[coalesce(n.rank, 0) + 1] AS to_level,
           coalesce(n.signals, '[]'::jsonb) AS signals,
           s.signals AS signals_before
      FROM standing n
      FULL JOIN (SELECT * FROM warnings_warningstate
                  WHERE level <> 'none' AND (%(subject)s::uuid IS NULL OR subject_id = %(subject)s)) s
           ON s.subject_id = n.subject_id
), written AS (
    INSERT INTO warnings_warningstate (subject_id, level, signals, since_date, updated_date)
    SELECT subject_id, to_level, signals, %(on_date)s, %(on_date)s
      FROM judged WHERE from_level <> to_level OR signals IS DISTINCT FROM signals_before
    ON CONFLICT (subject_id) DO UPDATE
       SET level = excluded.level, signals = excluded.signals, updated_date = excluded.updated_date,
           since_date = CASE WHEN warnings_warningstate.level = excluded.level
                             THEN warnings_warningstate.since_date ELSE excluded.since_date END
)
SELECT subject_id, from_level, to_level, signals FROM judged WHERE from_level <> to_level ORDER BY subject_id
