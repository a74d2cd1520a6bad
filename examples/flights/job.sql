-- Three million flights inside the United States, January to June 2001, through four Python functions.
-- Paths start at the working directory (the root of the clone); functions.py is found beside this file.

CREATE TEMPORARY FUNCTION rating AS 'functions.rating' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION scheduled_minutes AS 'functions.scheduled_minutes' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION movements AS 'functions.movements' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION p90 AS 'functions.p90' LANGUAGE PYTHON;

CREATE TEMPORARY TABLE flights (
  `date` TIMESTAMP(6),
  delay BIGINT,
  distance BIGINT,
  origin STRING,
  destination STRING,
  -- Eleven records are off by more than a day: such a delay is an error of the record, not of the airline.
  minutes_late AS CASE WHEN delay BETWEEN -180 AND 1440 THEN delay END
) WITH (
  'connector' = 'filesystem',
  'path' = 'node_modules/vega-datasets/data/flights-3m.parquet',
  'format' = 'parquet'
);

CREATE TEMPORARY TABLE rated_flights (
  `date` TIMESTAMP(6),
  origin STRING,
  destination STRING,
  minutes_late BIGINT,
  scheduled DOUBLE,
  rating STRING
) WITH (
  'connector' = 'filesystem',
  'path' = 'examples/flights/out/rated',
  'format' = 'parquet'
);

-- The filter does not need Python, so it runs before: no function is called for a shuttle below 100 miles.
INSERT OVERWRITE rated_flights
SELECT
  `date`,
  origin,
  destination,
  minutes_late,
  scheduled_minutes(distance),
  rating(minutes_late, distance)
FROM flights
WHERE distance >= 100;

-- Where the very late flights come together: both ends of each, and the delay that nine of ten stay below.
SELECT
  airport,
  COUNT(*) AS very_late,
  p90(minutes_late) AS p90_minutes,
  ROUND(AVG(minutes_late / scheduled), 2) AS delay_per_scheduled
FROM rated_flights, LATERAL TABLE(movements(origin, destination)) AS m(airport, movement)
WHERE rating = 'very late'
GROUP BY airport
ORDER BY very_late DESC, airport
LIMIT 10;
