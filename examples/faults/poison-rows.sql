-- Row 3 crashes its worker, row 1 raises: both are left out and written to dead-letters.jsonl.
SET 'millstream.dead-letter.path' = 'dead-letters.jsonl';
CREATE TEMPORARY FUNCTION fragile AS 'functions.fragile' LANGUAGE PYTHON;
SELECT n, fragile(n) AS answer FROM (VALUES (1), (2), (3), (4), (5)) AS numbers(n);
