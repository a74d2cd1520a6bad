-- Payments from Kafka, features of the last minute, a Python model, alerts in PostgreSQL.
SET 'execution.checkpointing.interval' = '1 s';
SET 'execution.checkpointing.dir' = 'checkpoints';

CREATE FUNCTION risk AS 'functions.risk' LANGUAGE PYTHON;

CREATE TABLE payments (
  id BIGINT, card STRING, amount DOUBLE, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH (
  'connector' = 'kafka', 'topic' = 'payments', 'properties.bootstrap.servers' = '${env:KAFKA}',
  'format' = 'json', 'scan.startup.mode' = 'earliest-offset'
);

CREATE TABLE alerts (id BIGINT, card STRING, amount DOUBLE, risk DOUBLE, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'jdbc', 'url' = '${env:DATABASE}', 'table-name' = 'alerts', 'username' = '${env:DATABASE_USER}'
);

CREATE VIEW features AS
SELECT id, card, amount, COUNT(*) OVER lately AS n, SUM(amount) OVER lately AS total
FROM payments
WINDOW lately AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '1' MINUTE PRECEDING AND CURRENT ROW);

INSERT INTO alerts
SELECT id, card, amount, risk
FROM (SELECT id, card, amount, risk(amount, n, total) AS risk FROM features)
WHERE risk > 0.5;
