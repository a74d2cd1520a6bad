SELECT auction, bidder, 0.908 * price AS price, time_class(`dateTime`) AS bidTimeType, `dateTime`, extra,
  count_char(extra, 'c') AS c_counts
FROM bid
WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000
