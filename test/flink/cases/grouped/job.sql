SET 'python.files' = '../../functions.py';
CREATE TEMPORARY FUNCTION halved AS 'functions.halved' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION mean AS 'functions.mean' LANGUAGE PYTHON;
CREATE TEMPORARY VIEW t AS SELECT id, NULLIF(x, 0e0) AS x FROM (VALUES (1, 3e0), (2, 0e0), (3, 8e0), (4, 1e0)) AS v(id, x);
SELECT MOD(id, 2) AS k, mean(halved(x)) AS m FROM t WHERE x IS NOT NULL GROUP BY MOD(id, 2);
