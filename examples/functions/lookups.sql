CREATE TEMPORARY FUNCTION station_name AS 'lookups.station_name' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION celsius AS 'lookups.celsius' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION judge AS 'lookups.Judge' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION label(name STRING, degrees DOUBLE) RETURNS STRING LANGUAGE PYTHON AS $$ f"{name}: {degrees}" $$;

SELECT label(station_name(station), celsius(f)) AS reading, judge(celsius(f)).*
FROM (VALUES (1, 41e0), (2, 95e0), (3, 50e0)) AS readings(station, f)
ORDER BY station;
