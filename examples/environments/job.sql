CREATE TEMPORARY FUNCTION loose AS 'functions.loose' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION strict AS 'functions.strict' LANGUAGE PYTHON;

SELECT v AS version, loose(v) AS packaging_21, strict(v) AS packaging_24
FROM (VALUES ('1.4.2'), ('next week')) AS t(v);
