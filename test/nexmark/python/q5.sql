SELECT bids.auction, bids.num
FROM (
  SELECT auction, occurrences(bidder) AS num, window_start, window_end
  FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end
) AS bids
JOIN (
  SELECT highest(num) AS most, window_start, window_end
  FROM (
    SELECT occurrences(bidder) AS num, window_start, window_end
    FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
    GROUP BY auction, window_start, window_end
  )
  GROUP BY window_start, window_end
) AS hot
ON bids.window_start = hot.window_start AND bids.window_end = hot.window_end AND bids.num >= hot.most
