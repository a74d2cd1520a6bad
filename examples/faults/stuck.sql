-- A row takes four seconds. After one the function is reported with its Python stack; the job goes on and ends.
SET 'millstream.worker.stuck-after' = '1 s';
SET 'parallelism.default' = '1';
CREATE TEMPORARY FUNCTION patient AS 'functions.patient' LANGUAGE PYTHON;
SELECT n, patient(n) AS answer FROM (VALUES (1), (2), (3), (4)) AS numbers(n);
