-- Writes many relations: entities first, in one order, so that two callers never wait for each other in a circle.
-- A relation given with other terms ends the open one on its own first day. Parameters are arrays of one length.
INSERT INTO graph_entity (kind, ref, known_at)
SELECT DISTINCT kind, ref, %(now)s::timestamptz
  FROM (SELECT unnest(%(source_kinds)s::text[]) AS kind, unnest(%(source_refs)s::text[]) AS ref
         UNION ALL
        SELECT unnest(%(target_kinds)s::text[]), unnest(%(target_refs)s::text[])) given
 WHERE NOT EXISTS (SELECT 1 FROM graph_entity e WHERE e.kind = given.kind AND e.ref = given.ref)
 ORDER BY kind, ref
    ON CONFLICT DO NOTHING
