-- The tables of the schema in the search path, each with its columns that take a value, as SQL.
SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
 GROUP BY c.oid, c.relname
 ORDER BY c.relname
