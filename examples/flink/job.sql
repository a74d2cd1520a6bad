-- Trips of a day: each rated by its delay, and the delay of each line without the worst trip. It runs here and on Apache Flink.
SET 'execution.runtime-mode' = 'batch';

CREATE TEMPORARY FUNCTION rating AS 'functions.rating' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION stops AS 'functions.stops' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION trimmed_mean AS 'functions.trimmed_mean' LANGUAGE PYTHON;

CREATE TEMPORARY VIEW trips AS SELECT * FROM (VALUES
  (1, 'M1', 'Mill - Weir - Lock', 12),
  (2, 'M1', 'Mill - Weir', 0),
  (3, 'M1', 'Weir - Lock', 61),
  (4, 'M2', 'Mill - Ford', CAST(NULL AS INT)),
  (5, 'M2', 'Ford - Mill', 4)
) AS t(id, line, route, minutes_late);

SELECT id, rating(minutes_late) AS rating, stop, place
FROM trips, LATERAL TABLE(stops(route)) AS s(stop, place);

SELECT line, trimmed_mean(CAST(minutes_late AS DOUBLE)) AS minutes_late
FROM trips GROUP BY line;
