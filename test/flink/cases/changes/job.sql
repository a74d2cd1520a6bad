SET 'execution.runtime-mode' = 'streaming';
SET 'python.files' = '../../functions.py';
CREATE TEMPORARY FUNCTION longest AS 'functions.longest' LANGUAGE PYTHON;
CREATE TEMPORARY VIEW t AS SELECT id, s FROM (VALUES (1, 'ab'), (2, 'c'), (3, 'def'), (4, 'ab')) AS v(id, s);
SELECT MOD(id, 2) AS k, longest(s) AS s, COUNT(*) AS n FROM t GROUP BY MOD(id, 2);
