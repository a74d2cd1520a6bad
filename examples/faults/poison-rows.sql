-- Row 3 crashes its worker, row 1 raises: both are left out and written to the table failed, which any query can read.
CREATE TABLE failed (`function` STRING, `row` STRING, code STRING, message STRING, attempt INT, traceback STRING)
  WITH ('connector' = 'filesystem', 'path' = 'failed', 'format' = 'json');
SET 'millstream.dead-letter.table' = 'failed';
CREATE TEMPORARY FUNCTION fragile AS 'functions.fragile' LANGUAGE PYTHON;
SELECT n, fragile(n) AS answer FROM (VALUES (1), (2), (3), (4), (5)) AS numbers(n);
SELECT `row`, code, attempt FROM failed ORDER BY `row`;
