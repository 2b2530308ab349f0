-- Chooses parcels to send: per endpoint no more than it may have under way, per subject the earliest alone.
-- The endpoint's row is locked, so that its parcels are handed out by one claimer at a time; another claimer
-- passes it over. Behind an open circuit one parcel goes, once the pause is over.
WITH ready AS MATERIALIZED (
    SELECT e.id,
           e.open_until_at IS NOT NULL AS is_trial,
           CASE WHEN e.open_until_at IS NULL THEN %(at_once)s::int ELSE 1 END - (
               SELECT count(*)
                 FROM webhook_delivery d
                WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.leased_until_at > %(now)s
           )::int AS room
      FROM webhook_endpoint e
     WHERE e.status = 'enabled'
       AND (e.open_until_at IS NULL OR e.open_until_at <= %(now)s)
       AND EXISTS (
               SELECT 1
                 FROM webhook_delivery d
                WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.next_attempt_at <= %(now)s
           )
       FOR UPDATE OF e SKIP LOCKED
)
SELECT parcel.id, ready.id, ready.is_trial
  FROM ready
 CROSS JOIN LATERAL (
        SELECT d.id, d.next_attempt_at, row_number() OVER (ORDER BY d.next_attempt_at, d.id) AS nth
          FROM webhook_delivery d
         WHERE d.endpoint_id = ready.id
           AND d.status = 'pending'
           AND d.next_attempt_at <= %(now)s
           AND (d.leased_until_at IS NULL OR d.leased_until_at <= %(now)s)
           AND NOT EXISTS (
                   SELECT 1
                     FROM webhook_delivery earlier
                    WHERE earlier.endpoint_id = d.endpoint_id
                      AND earlier.subject = d.subject
                      AND earlier.sequence < d.sequence
                      AND earlier.status = 'pending'
               )
         ORDER BY d.next_attempt_at, d.id
         LIMIT greatest(ready.room, 0)
       ) parcel
 ORDER BY parcel.nth, parcel.next_attempt_at, parcel.id
 LIMIT %(limit)s
