-- What is open already, with these terms or with later ones, stays as it is.
INSERT INTO graph_relation (kind, source_id, target_id, valid_from, weight, amount, learned_from, known_at, ended_because)
SELECT DISTINCT ON (s.id, t.id, given.kind)
       given.kind, s.id, t.id, given.valid_from, given.weight, given.amount, given.learned_from, %(now)s, ''
  FROM unnest(%(source_kinds)s::text[], %(source_refs)s::text[], %(target_kinds)s::text[], %(target_refs)s::text[],
              %(kinds)s::text[], %(valid_froms)s::date[], %(weights)s::numeric[], %(amounts)s::bigint[],
              %(learned_froms)s::text[])
       AS given (source_kind, source_ref, target_kind, target_ref, kind, valid_from, weight, amount, learned_from)
  JOIN graph_entity s ON s.kind = given.source_kind AND s.ref = given.source_ref
  JOIN graph_entity t ON t.kind = given.target_kind AND t.ref = given.target_ref
 ORDER BY s.id, t.id, given.kind, given.valid_from DESC
    ON CONFLICT DO NOTHING
