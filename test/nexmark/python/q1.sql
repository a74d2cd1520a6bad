SELECT auction, bidder, to_euro(price) AS price, `dateTime`, extra FROM bid
