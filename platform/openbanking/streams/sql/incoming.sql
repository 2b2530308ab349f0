-- Where a batch waits, unchecked against what is known; gone with the transaction.
CREATE TEMP TABLE streams_incoming (
    line integer NOT NULL, record_no text NOT NULL, revision integer NOT NULL, /* typed */
) ON COMMIT DROP
