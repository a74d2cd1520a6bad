SELECT
    c_count,
    count(*) AS custdist
FROM (
    SELECT
        c_custkey,
        how_many(o_orderkey)
    FROM
        customer
    LEFT OUTER JOIN orders ON c_custkey = o_custkey
    AND NOT has_words(o_comment, 'special', 'requests')
GROUP BY
    c_custkey) AS c_orders (c_custkey,
        c_count)
GROUP BY
    c_count
ORDER BY
    custdist DESC,
    c_count DESC;
