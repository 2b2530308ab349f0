-- Where a batch waits in which a receipt may be known already; gone with the transaction.
CREATE TEMP TABLE receipts_incoming (LIKE receipts_receipt) ON COMMIT DROP
