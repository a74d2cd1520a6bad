SELECT
    ps_partkey,
    total(stock_value(ps_supplycost, ps_availqty)) AS `value`
FROM
    partsupp,
    supplier,
    nation
WHERE
    ps_suppkey = s_suppkey
    AND s_nationkey = n_nationkey
    AND n_name = 'GERMANY'
GROUP BY
    ps_partkey
HAVING
    total(stock_value(ps_supplycost, ps_availqty)) > (
        SELECT
            total(stock_value(ps_supplycost, ps_availqty)) * 0.0001000000
        FROM
            partsupp,
            supplier,
            nation
        WHERE
            ps_suppkey = s_suppkey
            AND s_nationkey = n_nationkey
            AND n_name = 'GERMANY')
ORDER BY
    `value` DESC;
