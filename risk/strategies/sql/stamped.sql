-- The stamps of everything that changes seldom, and what two people snoozed for a subject or a borrower on a day.
CREATE FUNCTION strategies_stamped(in_code text, in_day date, in_subject text, in_borrower text)
RETURNS text LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $body$
BEGIN
    RETURN json_build_array(
        (SELECT string_agg(stamp::text, ' ' ORDER BY name) FROM change_stamp),
        (SELECT json_agg(json_build_object('rule', t.rule, 'snooze', t.id, 'until', t.effective_to) ORDER BY t.id)
           FROM strategies_rulesnooze t
          WHERE t.subject IN (in_subject, in_borrower) AND t.strategy_code = in_code AND t.effective_from <= in_day
            AND (t.effective_to IS NULL OR t.effective_to > in_day)));
END
$body$;
