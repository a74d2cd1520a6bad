/** Which person and which auction an event speaks of: often one that many speak of. */
import { type EventMaker, FOR } from './event-maker.js';

/** One in so many persons and auctions is hot at a time. */
const HOT_ONE_IN = 100;
const AUCTIONS_IN_FLIGHT = 100;
const ACTIVE_PERSONS = 1_000;
/** So many ids ahead of what there is: what speaks of them came too early. */
const LEAD = 10;

/** How long auctions go on: until so many others have begun, on average. */
export function eventsOfAuctions({ numbers, plan }: EventMaker): number {
  return Math.floor((AUCTIONS_IN_FLIGHT * numbers.round) / plan.shares.auctions);
}

/** The number of an auction that is going on, or will soon. */
export function anyAuction({ draw, numbers }: EventMaker, event: number): number {
  const last = numbers.auction(event);
  const first = Math.max(last - AUCTIONS_IN_FLIGHT, 0);
  return first + (draw(event, FOR.auction) % Math.max(last - first + 1 + LEAD, 1));
}

/** The number of the auction that most bid on. */
export function hotAuction({ numbers }: EventMaker, event: number): number {
  return Math.floor(Math.max(numbers.auction(event), 0) / HOT_ONE_IN) * HOT_ONE_IN;
}

/** The number of a person of late, or soon. */
export function anyPerson({ draw, numbers }: EventMaker, event: number, purpose: number): number {
  const persons = numbers.person(event) + 1;
  const active = Math.min(persons, ACTIVE_PERSONS);
  return persons - active + (draw(event, purpose) % (active + LEAD));
}

/** The number of the person who sells most; the next one bids most. */
export function hotPerson({ numbers }: EventMaker, event: number): number {
  return Math.floor(numbers.person(event) / HOT_ONE_IN) * HOT_ONE_IN;
}
