UPDATE graph_relation r
   SET valid_to = g.valid_from, ended_at = %(now)s, ended_because = 'replaced'
  FROM (SELECT s.id AS source_id, t.id AS target_id, given.kind, given.valid_from, given.weight, given.amount
          FROM unnest(%(source_kinds)s::text[], %(source_refs)s::text[], %(target_kinds)s::text[],
                      %(target_refs)s::text[], %(kinds)s::text[], %(valid_froms)s::date[], %(weights)s::numeric[],
                      %(amounts)s::bigint[])
               AS given (source_kind, source_ref, target_kind, target_ref, kind, valid_from, weight, amount)
          JOIN graph_entity s ON s.kind = given.source_kind AND s.ref = given.source_ref
          JOIN graph_entity t ON t.kind = given.target_kind AND t.ref = given.target_ref) g
 WHERE r.source_id = g.source_id AND r.target_id = g.target_id AND r.kind = g.kind AND r.valid_to IS NULL
   AND (r.weight, r.amount) IS DISTINCT FROM (g.weight, g.amount)
   AND r.valid_from <= g.valid_from
