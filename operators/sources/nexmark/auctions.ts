/** Auctions: what is sold, by whom, until when. */
import type { SqlValue } from '../../../core/index.js';
import { anyPerson, eventsOfAuctions, hotPerson } from './choices.js';
import { type EventMaker, FOR } from './event-maker.js';
import { FIRST_ID } from './event-numbers.js';
import { extraOf } from './extra.js';
import { priceOf } from './prices.js';

const FIRST_CATEGORY = 10;
const CATEGORIES = 5;
/** Bytes of the other fields on average. */
const KNOWN_BYTES = 8 + 11 + 51 + 6 * 8;

/** Each field of the row `auction`, from the number of an event that is one. */
export function auctionFields(maker: EventMaker): Readonly<Record<string, (event: number) => SqlValue>> {
  const { draw, numbers, plan, texts } = maker;
  const eventsAhead = eventsOfAuctions(maker);
  const initialBid = (event: number) => priceOf(draw(event, FOR.initialBid));
  const seller = (event: number) =>
    draw(event, FOR.isHotSeller) % plan.hot.sellers > 0
      ? hotPerson(maker, event)
      : anyPerson(maker, event, FOR.seller);
  const expiresMs = (event: number) => {
    const horizonMs = maker.timeMs(event + eventsAhead) - maker.timeMs(event);
    return maker.timeMs(event) + 1 + (draw(event, FOR.expires) % Math.max(2 * horizonMs, 1));
  };
  return {
    id: (event) => BigInt(numbers.auction(event) + FIRST_ID),
    itemName: (event) => texts.words(draw(event, FOR.itemName), 20),
    description: (event) => texts.words(draw(event, FOR.description), 100),
    initialBid: (event) => BigInt(initialBid(event)),
    reserve: (event) => BigInt(initialBid(event) + priceOf(draw(event, FOR.reserve))),
    dateTime: (event) => BigInt(maker.timeMs(event)) * 1000n,
    expires: (event) => BigInt(expiresMs(event)) * 1000n,
    seller: (event) => BigInt(seller(event) + FIRST_ID),
    category: (event) => BigInt(FIRST_CATEGORY + (draw(event, FOR.category) % CATEGORIES)),
    extra: extraOf(maker, plan.sizes.auction - KNOWN_BYTES),
  };
}
