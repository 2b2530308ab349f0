-- Everything the graph knows of one applicant, as of a day and of what was known by an instant, in one row; no row
-- for one it has never heard of. No step takes more than `in_fan_out` relations of a node in a direction, newest
-- first; `capped` says when one had as many.
-- A function, because planning the statement costs ten times what running it does: the plan is kept by the session.
-- `@live@` stands for "relation or flag r holds", `@owed@` for the latest position of x.
CREATE FUNCTION graph_applicant(
    in_kind text, in_ref text, in_on_date date, in_known_by timestamptz, in_fan_out integer, in_ring_hops integer,
    in_group_hops integer, in_walk integer, in_control numeric
) RETURNS TABLE (
    relations bigint, neighbours bigint, bad_neighbours bigint, is_bad boolean,
    shared_devices bigint, shared_phones bigint, shared_accounts bigint, shared_addresses bigint,
    ring_size bigint, ring_exposure numeric, ring_refs text[], guarantees_given bigint,
    group_size bigint, group_exposure numeric, cores bigint, core_exposure numeric,
    core_headroom numeric, book_date date, night_age_days integer, contagion_pd numeric,
    stressed_pd numeric, capped boolean
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $body$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE
    me AS MATERIALIZED (SELECT id FROM graph_entity WHERE kind = in_kind AND ref = in_ref),
    hop_1 AS MATERIALIZED (
        SELECT step.* FROM me CROSS JOIN LATERAL (
            (SELECT r.target_id AS other, r.kind, true AS outward, row_number() OVER (ORDER BY r.id DESC) AS nth
               FROM graph_relation r WHERE r.source_id = me.id AND @live@ ORDER BY r.id DESC LIMIT in_fan_out)
             UNION ALL
            (SELECT r.source_id, r.kind, false, row_number() OVER (ORDER BY r.id DESC)
               FROM graph_relation r WHERE r.target_id = me.id AND @live@ ORDER BY r.id DESC LIMIT in_fan_out)) step),
    firsts AS MATERIALIZED (SELECT DISTINCT other FROM hop_1),
    hop_2 AS MATERIALIZED (
        SELECT firsts.other AS via, step.* FROM firsts CROSS JOIN LATERAL (
            (SELECT r.target_id AS other, r.kind, row_number() OVER (ORDER BY r.id DESC) AS nth
               FROM graph_relation r WHERE r.source_id = firsts.other AND @live@ ORDER BY r.id DESC LIMIT in_fan_out)
             UNION ALL
            (SELECT r.source_id, r.kind, row_number() OVER (ORDER BY r.id DESC)
               FROM graph_relation r WHERE r.target_id = firsts.other AND @live@ ORDER BY r.id DESC LIMIT in_fan_out)) step),
    around AS MATERIALIZED (
        SELECT n.id, EXISTS (SELECT 1 FROM graph_bad_flag r WHERE r.entity_id = n.id AND @live@) AS bad
          FROM (SELECT other AS id FROM firsts UNION SELECT other FROM hop_2) n
          JOIN graph_entity e ON e.id = n.id AND e.kind IN ('enterprise', 'person')
         WHERE n.id NOT IN (SELECT id FROM me)),
    sharing AS (
        SELECT count(DISTINCT h.other) FILTER (WHERE e.kind = 'device') AS devices,
               count(DISTINCT h.other) FILTER (WHERE e.kind = 'phone') AS phones,
               count(DISTINCT h.other) FILTER (WHERE e.kind = 'account') AS accounts,
               count(DISTINCT h.other) FILTER (WHERE e.kind = 'address') AS addresses
          FROM hop_1 f
          JOIN graph_entity e ON e.id = f.other
          JOIN hop_2 h ON h.via = f.other AND h.kind = 'uses'
         WHERE f.kind = 'uses' AND f.outward AND h.other NOT IN (SELECT id FROM me)),
    ahead(id, hops) AS (
        SELECT id, 0 FROM me
         UNION
        SELECT step.other, ahead.hops + 1 FROM ahead CROSS JOIN LATERAL (
            SELECT r.target_id AS other FROM graph_relation r
             WHERE r.source_id = ahead.id AND r.kind = 'guarantees' AND @live@
             ORDER BY r.id DESC LIMIT in_fan_out) step
         WHERE ahead.hops < in_ring_hops),
    behind(id, hops) AS (
        SELECT id, 0 FROM me
         UNION
        SELECT step.other, behind.hops + 1 FROM behind CROSS JOIN LATERAL (
            SELECT r.source_id AS other FROM graph_relation r
             WHERE r.target_id = behind.id AND r.kind = 'guarantees' AND @live@
             ORDER BY r.id DESC LIMIT in_fan_out) step
         WHERE behind.hops < in_ring_hops),
    front AS MATERIALIZED (SELECT id FROM ahead LIMIT in_walk),
    back AS MATERIALIZED (SELECT id FROM behind LIMIT in_walk),
    night AS MATERIALIZED (
        SELECT id, as_of_date FROM graph_night
         WHERE finished_at <= in_known_by AND as_of_date <= in_on_date ORDER BY as_of_date DESC LIMIT 1),
    stands AS MATERIALIZED (
        SELECT s.* FROM me JOIN night ON true JOIN graph_standing s ON s.entity_id = me.id AND s.night_id = night.id),
    -- Who guarantees me through others and is guaranteed by me through others stands in a ring with me; one too long
    -- for the walk is known from the last night.
    ring AS MATERIALIZED (
        (SELECT id FROM front INTERSECT SELECT id FROM back)
         UNION
        (SELECT s.entity_id FROM stands JOIN graph_standing s ON s.night_id = stands.night_id AND s.ring = stands.ring
          WHERE stands.ring_size > in_ring_hops LIMIT in_walk)),
    house(id, hops) AS (
        SELECT id, 0 FROM me
         UNION
        SELECT step.other, house.hops + 1 FROM house CROSS JOIN LATERAL (
            (SELECT r.target_id AS other FROM graph_relation r
              WHERE r.source_id = house.id AND r.kind IN ('owns', 'controls') AND r.weight >= in_control AND @live@
              ORDER BY r.id DESC LIMIT in_fan_out)
             UNION ALL
            (SELECT r.source_id FROM graph_relation r
              WHERE r.target_id = house.id AND r.kind IN ('owns', 'controls') AND r.weight >= in_control AND @live@
              ORDER BY r.id DESC LIMIT in_fan_out)) step
         WHERE house.hops < in_group_hops),
    housed AS MATERIALIZED (SELECT id FROM house LIMIT in_walk),
    members AS MATERIALIZED (
        SELECT DISTINCT h.id FROM housed h JOIN graph_entity e ON e.id = h.id AND e.kind IN ('enterprise', 'person')),
    cores AS MATERIALIZED (
        SELECT r.source_id AS id FROM me JOIN graph_relation r ON r.target_id = me.id
         WHERE r.kind = 'core_of' AND @live@ ORDER BY r.id DESC LIMIT in_fan_out),
    -- What is lent around a core firm: counted now while those are few, else as the night counted it, else not known.
    core_sums AS MATERIALIZED (
        SELECT cores.id,
               CASE WHEN d.dependants <= in_walk THEN d.exposure ELSE s.dependent_exposure END AS exposure,
               (SELECT c.amount FROM graph_ceiling c
                 WHERE c.entity_id = cores.id AND c.effective_date <= in_on_date AND c.known_at <= in_known_by
                 ORDER BY c.effective_date DESC, c.id DESC LIMIT 1) AS ceiling
          FROM cores
          LEFT JOIN night ON true
          LEFT JOIN graph_standing s ON s.entity_id = cores.id AND s.night_id = night.id
          CROSS JOIN LATERAL (
              SELECT count(*) AS dependants, coalesce(sum(coalesce(@owed@, 0)), 0) AS exposure
                FROM (SELECT r.target_id AS id FROM graph_relation r
                       WHERE r.source_id = cores.id AND r.kind = 'core_of' AND @live@ LIMIT in_walk + 1) x) d)
    SELECT (SELECT count(*) FROM hop_1),
           (SELECT count(*) FROM around),
           (SELECT count(*) FROM around WHERE bad),
           (SELECT EXISTS (SELECT 1 FROM me JOIN graph_bad_flag r ON r.entity_id = me.id WHERE @live@)),
           sharing.devices, sharing.phones, sharing.accounts, sharing.addresses,
           (SELECT count(*) FROM ring),
           (SELECT sum(coalesce(@owed@, 0)) FROM ring x),
           (SELECT array_agg(e.ref ORDER BY e.ref) FROM ring JOIN graph_entity e ON e.id = ring.id),
           (SELECT count(*) FROM hop_1 WHERE kind = 'guarantees' AND outward),
           (SELECT count(*) FROM members),
           (SELECT sum(coalesce(@owed@, 0)) FROM members x),
           (SELECT count(*) FROM cores),
           (SELECT CASE WHEN bool_or(exposure IS NULL) THEN NULL ELSE max(exposure) END FROM core_sums),
           (SELECT CASE WHEN bool_or(ceiling IS NOT NULL AND exposure IS NULL) THEN NULL ELSE min(ceiling - exposure) END
              FROM core_sums),
           (SELECT max(as_of_date) FROM graph_book WHERE as_of_date <= in_on_date AND known_at <= in_known_by),
           (SELECT in_on_date::date - as_of_date FROM night),
           (SELECT contagion_pd FROM stands),
           (SELECT stressed_pd FROM stands),
           EXISTS (SELECT 1 FROM hop_1 WHERE nth = in_fan_out) OR EXISTS (SELECT 1 FROM hop_2 WHERE nth = in_fan_out)
               OR (SELECT count(*) FROM front) = in_walk OR (SELECT count(*) FROM back) = in_walk
               OR (SELECT count(*) FROM housed) = in_walk
      FROM me
     CROSS JOIN sharing;
END
$body$;
