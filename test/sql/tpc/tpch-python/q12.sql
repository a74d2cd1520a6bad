SELECT
    l_shipmode,
    how_many(
        CASE WHEN is_urgent(o_orderpriority) THEN
            1
        END) AS high_line_count,
    sum(
        CASE WHEN NOT is_urgent(o_orderpriority) THEN
            1
        ELSE
            0
        END) AS low_line_count
FROM
    orders,
    lineitem
WHERE
    o_orderkey = l_orderkey
    AND l_shipmode IN ('MAIL', 'SHIP')
    AND l_commitdate < l_receiptdate
    AND l_shipdate < l_commitdate
    AND l_receiptdate >= CAST('1994-01-01' AS date)
    AND l_receiptdate < CAST('1995-01-01' AS date)
GROUP BY
    l_shipmode
ORDER BY
    l_shipmode;
