-- Where a batch waits, unchecked against what is known; gone with the transaction.
CREATE TEMP TABLE receipts_incoming (
    line integer NOT NULL,
    receipt_no text NOT NULL,
    kind text NOT NULL,
    paid_at timestamptz NOT NULL,
    amount bigint NOT NULL,
    payer_ref text,
    channel text NOT NULL
) ON COMMIT DROP
