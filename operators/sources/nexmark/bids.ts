/** Bids: who offers how much for what, and where from. */
import type { SqlValue } from '../../../core/index.js';
import { anyAuction, anyPerson, hotAuction, hotPerson } from './choices.js';
import { type EventMaker, FOR } from './event-maker.js';
import { FIRST_ID } from './event-numbers.js';
import { extraOf } from './extra.js';
import { priceOf } from './prices.js';

const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];
const CHANNELS = 10_000;
/** Bytes of the other fields, as the benchmark counts them. */
const KNOWN_BYTES = 8 + 8 + 8 + 8;

/** Each field of the row `bid`, from the number of an event that is one. */
export function bidFields(maker: EventMaker): Readonly<Record<string, (event: number) => SqlValue>> {
  const { draw, plan } = maker;
  const auction = (event: number) =>
    draw(event, FOR.isHotAuction) % plan.hot.auctions > 0
      ? hotAuction(maker, event)
      : anyAuction(maker, event);
  const bidder = (event: number) =>
    draw(event, FOR.isHotBidder) % plan.hot.bidders > 0
      ? hotPerson(maker, event) + 1
      : anyPerson(maker, event, FOR.bidder);
  const hotUrls = HOT_CHANNELS.map((_, i) => urlOf(maker, i, FOR.urlOfHot));
  const urls: string[] = [];
  const isHot = (event: number) => draw(event, FOR.isHotChannel) % 2 > 0;
  const channel = (event: number, among: number) => draw(event, FOR.channel) % among;
  return {
    auction: (event) => BigInt(auction(event) + FIRST_ID),
    bidder: (event) => BigInt(bidder(event) + FIRST_ID),
    price: (event) => BigInt(priceOf(draw(event, FOR.price))),
    channel: (event) =>
      isHot(event)
        ? HOT_CHANNELS[channel(event, HOT_CHANNELS.length)]!
        : `channel-${channel(event, CHANNELS)}`,
    url: (event) => {
      if (isHot(event)) return hotUrls[channel(event, HOT_CHANNELS.length)]!;
      const number = channel(event, CHANNELS);
      urls[number] ??= urlOfChannel(maker, number);
      return urls[number];
    },
    dateTime: (event) => BigInt(maker.timeMs(event)) * 1000n,
    extra: extraOf(maker, plan.sizes.bid - KNOWN_BYTES),
  };
}

function urlOf({ draw, texts }: EventMaker, number: number, purpose: number): string {
  const folders = [0, 1, 2].map((i) => texts.words(draw(3 * number + i, purpose), 5, '_'));
  return `https://www.nexmark.com/${folders.join('/')}/item.htm?query=1`;
}

/** Nine of ten channels say their id in the address. */
function urlOfChannel(maker: EventMaker, number: number): string {
  const url = urlOf(maker, number, FOR.url);
  const saysId = maker.draw(number, FOR.channelId) % 10 > 0;
  return saysId ? `${url}&channel_id=${Math.abs(bitsReversed(number))}` : url;
}

function bitsReversed(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = (reversed << 1) | ((value >>> bit) & 1);
  return reversed;
}
