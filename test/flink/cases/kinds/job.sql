SET 'python.files' = '../../functions.py';
CREATE TEMPORARY FUNCTION rating AS 'functions.rating' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION place AS 'functions.place' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION words AS 'functions.words' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION shout AS 'functions.shout' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION risky AS 'functions.risky' LANGUAGE PYTHON;
CREATE TEMPORARY VIEW t AS SELECT id, CAST(NULLIF(id, 2) AS BIGINT) AS n, s FROM (VALUES (1, 'a b'), (2, 'c'), (3, 'd e')) AS v(id, s);
SELECT id, n, rating(n) AS r, place(n) AS p, shout(s) AS sh, risky(n) AS ri, w, c FROM t, LATERAL TABLE(words(s)) AS x(w, c);
