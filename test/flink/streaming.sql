SET 'execution.runtime-mode' = 'streaming';
CREATE TEMPORARY FUNCTION longest AS 'functions.longest' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION later AS 'functions.later' LANGUAGE PYTHON;
CREATE TEMPORARY VIEW t AS SELECT id, s FROM (VALUES (1, 'ab'), (2, 'c'), (3, 'def')) AS v(id, s);
CREATE TEMPORARY TABLE tens (id INT, n BIGINT) WITH ('connector' = 'print', 'print-identifier' = 'tens');
INSERT INTO tens SELECT id, later(id) FROM t;
CREATE TEMPORARY TABLE longest_text (k INT, text STRING) WITH ('connector' = 'print', 'print-identifier' = 'longest');
INSERT INTO longest_text SELECT MOD(id, 2), longest(s) FROM t WHERE id <> 2 GROUP BY MOD(id, 2);
