SELECT b.auction, b.price, b.bidder, b.`dateTime`, b.extra
FROM bid AS b
JOIN (
  SELECT highest(price) AS highest, window_end
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end
) AS w
ON b.price = w.highest
WHERE b.`dateTime` BETWEEN w.window_end - INTERVAL '10' SECOND AND w.window_end
