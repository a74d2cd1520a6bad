SELECT
    l_returnflag,
    l_linestatus,
    sum(l_quantity) AS sum_qty,
    sum(l_extendedprice) AS sum_base_price,
    sum(CAST(CAST(l_extendedprice AS DECIMAL(22, 2)) * (1 - l_discount) AS DECIMAL(32, 4))) AS sum_disc_price,
    sum(CAST(CAST(l_extendedprice AS DECIMAL(22, 2)) * (1 - l_discount) AS DECIMAL(32, 4)) * (1 + l_tax)) AS sum_charge,
    avg(l_quantity) AS avg_qty,
    avg(l_extendedprice) AS avg_price,
    avg(l_discount) AS avg_disc,
    count(*) AS count_order
FROM
    lineitem
WHERE
    l_shipdate <= CAST('1998-09-02' AS date)
GROUP BY
    l_returnflag,
    l_linestatus
ORDER BY
    l_returnflag,
    l_linestatus;
