-- The worker reaches its cap, and the job ends with what happened, where, and what to do.
SET 'millstream.worker.memory' = '200 MB';
SET 'parallelism.default' = '1';
CREATE TEMPORARY FUNCTION greedy AS 'functions.greedy' LANGUAGE PYTHON;
SELECT SUM(greedy(n)) AS total FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14),
  (15), (16), (17), (18), (19), (20), (21), (22), (23), (24), (25), (26), (27), (28), (29), (30)) AS numbers(n);
