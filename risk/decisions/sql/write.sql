-- A decision's one way into its table. A function, because its plan is kept by the session.
CREATE FUNCTION decisions_write(
    in_id uuid, in_subject text, in_borrower text, in_on_date date, in_decided_at timestamptz, in_role text,
    in_beside uuid, in_strategy_version uuid, in_strategy_draft uuid, in_strategy_code text, in_strategy_sha256 text,
    in_assignment jsonb, in_deviations jsonb, in_facts jsonb, in_result json, in_verdict text, in_limit bigint,
    in_annual_rate numeric, in_pd numeric, in_grade text, in_reasons text[], in_sha256 text
) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO decisions_decision (
        id, subject, borrower, on_date, decided_at, role, beside_id, strategy_version_id, strategy_draft_id,
        strategy_code, strategy_sha256, assignment, deviations, facts, result, verdict, "limit", annual_rate,
        pd, grade, reasons, sha256
    ) VALUES (
        in_id, in_subject, in_borrower, in_on_date, in_decided_at, in_role, in_beside, in_strategy_version,
        in_strategy_draft, in_strategy_code, in_strategy_sha256, in_assignment, in_deviations, in_facts, in_result,
        in_verdict, in_limit, in_annual_rate, in_pd, in_grade, in_reasons, in_sha256
    );
END
$body$;
