CREATE TEMPORARY FUNCTION sessions AS 'sessions.sessions' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION longest AS 'sessions.longest' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION visits_and_orders AS 'sessions.both' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION spread AS 'sessions.spread' LANGUAGE PYTHON;

CREATE TEMPORARY VIEW visits AS SELECT * FROM (VALUES
  ('ada', 0), ('ada', 12), ('bob', 3), ('ada', 100), ('ada', 104), ('bob', 9), ('cyd', 50)
) AS v(visitor, minute_no);
CREATE TEMPORARY VIEW orders AS SELECT * FROM (VALUES ('ada', 'tea'), ('dan', 'mug')) AS o(customer, item);

-- a grouped map over the rows of each visitor, in order
SELECT visitor, began, ended, pages
FROM sessions(visits => TABLE visits PARTITION BY visitor ORDER BY minute_no, gap => 20)
ORDER BY visitor, began;

-- a table aggregate over what the map gives
CREATE TEMPORARY VIEW found AS
SELECT visitor, began, ended FROM sessions(TABLE visits PARTITION BY visitor ORDER BY minute_no);
SELECT visitor, minutes, began FROM longest(TABLE found PARTITION BY visitor) ORDER BY visitor;

-- a cogroup: one call for each key of either table
SELECT visitor, visits, orders
FROM visits_and_orders(TABLE visits PARTITION BY visitor, TABLE orders PARTITION BY customer)
ORDER BY visitor;

-- a vectorised aggregate that never holds a whole group
SELECT visitor, spread(minute_no) AS spread FROM visits GROUP BY visitor ORDER BY visitor;
