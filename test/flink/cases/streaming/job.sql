SET 'execution.runtime-mode' = 'streaming';
SET 'python.files' = '../../functions.py';
CREATE TEMPORARY FUNCTION later AS 'functions.later' LANGUAGE PYTHON;
CREATE TEMPORARY VIEW t AS SELECT id, s FROM (VALUES (1, 'ab'), (2, 'c'), (3, 'def')) AS v(id, s);
SELECT id, later(id) AS n FROM t;
