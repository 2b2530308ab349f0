-- Every sequence that counts a column of the schema in the search path goes on behind the rows that were copied.
DO $body$
DECLARE
    each record;
    last bigint;
BEGIN
    FOR each IN
        SELECT s.oid::regclass AS counter, t.oid::regclass AS counted, quote_ident(a.attname) AS name
          FROM pg_class s
          JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('i', 'a') AND d.refclassid = 'pg_class'::regclass
          JOIN pg_class t ON t.oid = d.refobjid
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
         WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('SELECT max(%s) FROM %s', each.name, each.counted) INTO last;
        IF last IS NOT NULL THEN
            PERFORM setval(each.counter, last);
        END IF;
    END LOOP;
END
$body$;
