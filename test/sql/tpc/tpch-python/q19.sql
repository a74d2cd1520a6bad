SELECT
    total(discounted(l_extendedprice, l_discount)) AS revenue
FROM
    lineitem,
    part
WHERE
    p_partkey = l_partkey
    AND l_shipmode IN ('AIR', 'AIR REG')
    AND l_shipinstruct = 'DELIVER IN PERSON'
    AND is_wanted(p_brand, p_container, p_size, l_quantity);
