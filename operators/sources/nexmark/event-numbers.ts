/** Which event has which number: persons, auctions and bids follow each other in rounds of fixed shares. */

/** Ids of persons and auctions begin here, as in the benchmark. */
export const FIRST_ID = 1_000;

export const PERSON = 0;
export const AUCTION = 1;
export const BID = 2;

/** How many of each kind make a round. */
export interface Shares {
  readonly persons: number;
  readonly auctions: number;
  readonly bids: number;
}

/** Reads off an event's number what it is and what came before it. Counts begin at 0. */
export class EventNumbers {
  readonly round: number;

  constructor(private readonly shares: Shares) {
    this.round = shares.persons + shares.auctions + shares.bids;
  }

  /** `PERSON`, `AUCTION` or `BID`. */
  kind(event: number): number {
    const place = event % this.round;
    if (place < this.shares.persons) return PERSON;
    return place < this.shares.persons + this.shares.auctions ? AUCTION : BID;
  }

  /** The person that the event is, or the last one before it. */
  person(event: number): number {
    const { persons } = this.shares;
    const round = Math.floor(event / this.round);
    return round * persons + Math.min(event % this.round, persons - 1);
  }

  /** The auction that the event is, or the last one before it; below 0 where there is none. */
  auction(event: number): number {
    const { persons, auctions } = this.shares;
    const round = Math.floor(event / this.round);
    const place = (event % this.round) - persons;
    return round * auctions + Math.min(Math.max(place, -1), auctions - 1);
  }
}
