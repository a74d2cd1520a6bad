SELECT
    cntrycode,
    count(*) AS numcust,
    total(c_acctbal) AS totacctbal
FROM (
    SELECT
        country_code(c_phone) AS cntrycode,
        c_acctbal
    FROM
        customer
    WHERE
        country_code(c_phone) IN ('13', '31', '23', '29', '30', '18', '17')
        AND c_acctbal > (
            SELECT
                mean(c_acctbal)
            FROM
                customer
            WHERE
                c_acctbal > 0.00
                AND country_code(c_phone) IN ('13', '31', '23', '29', '30', '18', '17'))
            AND NOT EXISTS (
                SELECT
                    *
                FROM
                    orders
                WHERE
                    o_custkey = c_custkey)) AS custsale
GROUP BY
    cntrycode
ORDER BY
    cntrycode;
