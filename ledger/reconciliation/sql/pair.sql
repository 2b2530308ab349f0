-- Pairs of our movements and lines of their files: by message id; what is left, by amount and date, unless
-- both name a message: two different messages are two movements, however alike.
CREATE INDEX ON reconciliation_ours (message_id);
ANALYZE reconciliation_ours;
CREATE TEMP TABLE reconciliation_theirs ON COMMIT DROP AS
SELECT l.id, l.message_id, l.effect, l.value_date, l.entry_reference, l.state,
       row_number() OVER (PARTITION BY l.message_id ORDER BY (l.state = 'settled') DESC, l.id) AS n,
       (seen.message_id IS NOT NULL) AS is_seen
  FROM reconciliation_statementline l
  LEFT JOIN reconciliation_match m ON m.line_id = l.id
  LEFT JOIN (SELECT DISTINCT x.message_id FROM reconciliation_statementline x
               JOIN reconciliation_match y ON y.line_id = x.id
              WHERE x.account = %(account)s AND x.message_id <> '') seen ON seen.message_id = l.message_id
 WHERE l.account = %(account)s AND l.booking_date <= %(through_date)s AND m.line_id IS NULL;
ANALYZE reconciliation_theirs;

CREATE TEMP TABLE reconciliation_found ON COMMIT DROP AS
SELECT o.key, l.id AS line_id, 'message_id' AS how
  FROM reconciliation_ours o JOIN reconciliation_theirs l ON l.message_id = o.message_id AND l.n = 1
 WHERE o.message_id <> '';
ANALYZE reconciliation_found;

INSERT INTO reconciliation_found
WITH left_ours AS (
    SELECT o.key, o.effect, o.item_date,
           row_number() OVER (PARTITION BY o.effect, o.item_date ORDER BY o.message_id = '', o.key) AS n
      FROM reconciliation_ours o LEFT JOIN reconciliation_found f ON f.key = o.key
     WHERE o.state = 'settled' AND o.booked = o.effect AND f.key IS NULL
), left_theirs AS (
    SELECT l.id, l.effect, l.value_date,
           row_number() OVER (PARTITION BY l.effect, l.value_date ORDER BY l.entry_reference) AS n
      FROM reconciliation_theirs l LEFT JOIN reconciliation_found f ON f.line_id = l.id
     WHERE l.state = 'settled' AND f.line_id IS NULL
       AND l.message_id = ''
)
SELECT o.key, l.id, 'amount_date'
  FROM left_ours o JOIN left_theirs l ON l.effect = o.effect AND l.value_date = o.item_date AND l.n = o.n;

INSERT INTO reconciliation_found
WITH left_ours AS (
    SELECT o.key, o.effect, o.item_date,
           row_number() OVER (PARTITION BY o.effect, o.item_date ORDER BY o.message_id = '', o.key) AS n
      FROM reconciliation_ours o LEFT JOIN reconciliation_found f ON f.key = o.key
     WHERE o.state = 'settled' AND o.booked = o.effect AND f.key IS NULL AND o.message_id = ''
), left_theirs AS (
    SELECT l.id, l.effect, l.value_date,
           row_number() OVER (PARTITION BY l.effect, l.value_date ORDER BY l.entry_reference) AS n
      FROM reconciliation_theirs l LEFT JOIN reconciliation_found f ON f.line_id = l.id
     WHERE l.state = 'settled' AND f.line_id IS NULL
       AND l.message_id <> '' AND l.n = 1 AND NOT l.is_seen
)
SELECT o.key, l.id, 'amount_date'
  FROM left_ours o JOIN left_theirs l ON l.effect = o.effect AND l.value_date = o.item_date AND l.n = o.n;

CREATE TEMP TABLE reconciliation_pair ON COMMIT DROP AS
WITH compared AS (
    SELECT coalesce(f.key, 'line:' || l.entry_reference) AS key, l.id AS line_id, f.how, o.entry_id,
           coalesce(nullif(o.message_id, ''), l.message_id, '') AS message_id,
           coalesce(o.item_date, l.value_date) AS item_date, o.state, l.state AS line_state,
           coalesce(CASE o.state WHEN 'failed' THEN 0 ELSE o.effect END, 0) AS ours,
           coalesce(o.booked, 0) AS booked,
           CASE l.state WHEN 'settled' THEN l.effect ELSE 0 END AS theirs
      FROM reconciliation_theirs l
      LEFT JOIN reconciliation_found f ON f.line_id = l.id
      LEFT JOIN reconciliation_ours o ON o.key = f.key
    UNION ALL
    SELECT o.key, NULL, NULL, o.entry_id, o.message_id, o.item_date, o.state, NULL,
           CASE o.state WHEN 'failed' THEN 0 ELSE o.effect END, o.booked, 0
      FROM reconciliation_ours o LEFT JOIN reconciliation_found f ON f.key = o.key
     WHERE o.item_date <= %(through_date)s AND f.key IS NULL
)
SELECT *, CASE
        WHEN line_id IS NULL AND state = 'failed' AND booked = 0 THEN NULL
        WHEN line_id IS NULL AND state = 'failed' THEN 'AMOUNT'
        WHEN line_id IS NULL THEN 'LONG_OURS'
        WHEN state IS NULL AND line_state = 'refused' THEN NULL
        WHEN state IS NULL THEN 'LONG_THEIRS'
        WHEN (state = 'settled') <> (line_state = 'settled') OR state = 'open' THEN 'STATE'
        WHEN ours <> theirs OR booked <> theirs THEN 'AMOUNT'
    END AS code
  FROM compared;
ANALYZE reconciliation_pair;
