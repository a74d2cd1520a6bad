-- Python aggregates beside built-in ones: an export joins two groupings.
SET 'python.files' = '../../functions.py';
CREATE TEMPORARY FUNCTION mean AS 'functions.mean' LANGUAGE PYTHON;
CREATE TEMPORARY VIEW t AS SELECT * FROM (VALUES
  ('a', 1, 3e0), ('a', 2, 5e0), (CAST(NULL AS STRING), 3, 8e0), ('b', 4, 1e0), (CAST(NULL AS STRING), 5, 2e0)
) AS v(k, id, x);
SELECT k, UPPER(k) || '!' AS upper_k, mean(x) AS m, COUNT(*), SUM(id) + mean(x), MAX(x) FILTER (WHERE id > 1) AS f
FROM t WHERE id < 10 GROUP BY k HAVING COUNT(*) > 0 AND mean(x) > 0;
SELECT mean(x) AS m, COUNT(DISTINCT k) AS n FROM t;
