-- What is live under a code on a day for a borrower, in one row; no row without a signed version. Of each kind the
-- newest row for the day counts, also when it says 0. Keys are hexadecimal: JSON has no bytes.
-- `declared_by` are the hashes of the documents whose facts a decision of that day keeps: what is in force or will
-- be, under any code; what runs in a shadow; and the drafts of the last `in_draft_days`.
-- A function, because its plan is kept by the session: a decision asks it whenever its stamp is new.
CREATE FUNCTION strategies_live(
    in_code text, in_day date, in_subject text, in_borrower text, in_draft_days integer
) RETURNS TABLE (
    id uuid, version integer, sha256 text, split text, exploration text, snoozes text, shadows text, declared_by text
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $body$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH shadowing AS MATERIALIZED (
        SELECT t.id, t.draft_id FROM strategies_shadowassignment t
         WHERE t.strategy_code = in_code AND @live@
           AND NOT EXISTS (SELECT FROM strategies_shadowstop o WHERE o.assignment_id = t.id))
    SELECT v.id, v.version::integer, v.sha256::text,
           (SELECT json_build_array(t.id, t.challenger_code, t.share::text, encode(t.bucket_key, 'hex'))::text
              FROM strategies_split t WHERE t.strategy_code = in_code AND @live@
             ORDER BY t.effective_from DESC, t.id DESC LIMIT 1),
           (SELECT json_build_array(t.id, t.share::text, t.pd_up_to::text, t.limit_max, t.month_amount_max,
                                    encode(t.bucket_key, 'hex'))::text
              FROM strategies_explorationbudget t WHERE t.strategy_code = in_code AND @live@
             ORDER BY t.effective_from DESC, t.id DESC LIMIT 1),
           (SELECT json_agg(json_build_object('rule', t.rule, 'snooze', t.id, 'until', t.effective_to)
                            ORDER BY t.id)::text
              FROM strategies_rulesnooze t
             WHERE t.subject IN (in_subject, in_borrower) AND t.strategy_code = in_code AND @live@),
           (SELECT json_agg(json_build_array(t.id, t.draft_id) ORDER BY t.id)::text FROM shadowing t),
           (SELECT string_agg(x.sha256, ' ' ORDER BY x.sha256) FROM (
                (SELECT DISTINCT ON (o.code) o.sha256::text FROM strategies_strategyversion o
                  WHERE o.effective_from <= in_day ORDER BY o.code, o.effective_from DESC, o.version DESC)
                UNION
                SELECT o.sha256::text FROM strategies_strategyversion o WHERE o.effective_from > in_day
                UNION
                SELECT d.sha256::text FROM strategies_strategydraft d
                 WHERE d.drafted_at >= (in_day - in_draft_days)::timestamp AT TIME ZONE 'Asia/Shanghai'
                UNION
                SELECT d.sha256::text FROM shadowing t JOIN strategies_strategydraft d ON d.id = t.draft_id) AS x)
      FROM strategies_strategyversion v
     WHERE v.code = in_code AND v.effective_from <= in_day
     ORDER BY v.effective_from DESC, v.version DESC LIMIT 1;
END
$body$;
