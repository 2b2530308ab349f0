-- A portion of a period's live decisions by key: of their facts only those that a condition reads.
SELECT d.id, d.verdict,
       (SELECT jsonb_object_agg(name, d.facts -> name) FROM unnest(%(names)s::text[]) AS name) AS facts
  FROM decisions_decision d
 WHERE d.role IN ('champion', 'challenger')
   AND d.on_date >= %(start)s AND d.on_date < %(end)s AND d.id > %(after)s
 ORDER BY d.id
 LIMIT %(limit)s
