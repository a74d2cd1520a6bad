/** What the makers of persons, auctions and bids share: numbers, times, chance and texts of one generator. */
import { type Draw, drawsOf } from './draw.js';
import { EventNumbers } from './event-numbers.js';
import type { NexmarkPlan } from './nexmark-options.js';
import { type Texts, textsOf } from './texts.js';

/** What one generator is made of. */
export interface EventMaker {
  readonly plan: NexmarkPlan;
  readonly numbers: EventNumbers;
  readonly draw: Draw;
  readonly texts: Texts;
  /** Event time in milliseconds since the epoch. */
  timeMs(event: number): number;
}

/** The parts of the generator of a plan. */
export function eventMaker(plan: NexmarkPlan): EventMaker {
  const draw = drawsOf(plan.seed);
  const microsBetween = 1_000_000 / plan.rate;
  return {
    plan,
    numbers: new EventNumbers(plan.shares),
    draw,
    texts: textsOf(draw),
    timeMs: (event) => plan.baseTimeMs + Math.floor(Math.floor(event * microsBetween) / 1_000),
  };
}

/** What each number is drawn for: no two values of an event share one. */
export const FOR = {
  letters: 1,
  words: 2,
  firstName: 3,
  lastName: 4,
  email: 5,
  creditCard: 6,
  city: 10,
  state: 11,
  extra: 12,
  extraLength: 13,
  itemName: 14,
  description: 15,
  initialBid: 16,
  reserve: 17,
  expires: 18,
  isHotSeller: 19,
  seller: 20,
  category: 21,
  isHotAuction: 22,
  auction: 23,
  isHotBidder: 24,
  bidder: 25,
  price: 26,
  isHotChannel: 27,
  channel: 28,
  urlOfHot: 29,
  url: 30,
  channelId: 31,
} as const;
