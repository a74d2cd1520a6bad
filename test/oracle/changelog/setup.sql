CREATE TEMPORARY TABLE orders (id BIGINT, usr STRING, qty INT, ts TIMESTAMP(3), pt AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE ships (sid BIGINT, oid BIGINT, carrier STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE rates (usr STRING, rate INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (usr) NOT ENFORCED) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE plain (id BIGINT, usr STRING, qty INT, tags ARRAY<STRING>) WITH ('connector' = 'datagen');
