SELECT
    100.00 * sum(
        CASE WHEN starts_with(p_type, 'PROMO') THEN
            discounted(l_extendedprice, l_discount)
        ELSE
            0
        END) / total(discounted(l_extendedprice, l_discount)) AS promo_revenue
FROM
    lineitem,
    part
WHERE
    l_partkey = p_partkey
    AND l_shipdate >= date '1995-09-01'
    AND l_shipdate < CAST('1995-10-01' AS date);
