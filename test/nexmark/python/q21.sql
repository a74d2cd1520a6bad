SELECT auction, bidder, price, channel, channel_id(channel, url) AS channel_id
FROM bid
WHERE channel_id(channel, url) IS NOT NULL
