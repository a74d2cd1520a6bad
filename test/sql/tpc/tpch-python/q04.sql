SELECT
    o_orderpriority,
    how_many(o_orderkey) AS order_count
FROM
    orders
WHERE
    o_orderdate >= CAST('1993-07-01' AS date)
    AND o_orderdate < CAST('1993-10-01' AS date)
    AND EXISTS (
        SELECT
            *
        FROM
            lineitem
        WHERE
            l_orderkey = o_orderkey
            AND is_late(l_commitdate, l_receiptdate))
GROUP BY
    o_orderpriority
ORDER BY
    o_orderpriority;
