/** The options of a `nexmark` table; names and defaults are those of Nexmark's connector for Flink. */
import { parseTimestamp } from '../../../core/index.js';
import { OptionReader } from '../../connectors/option-reader.js';
import type { Shares } from './event-numbers.js';

/** What a table asks for, checked. */
export interface NexmarkPlan {
  /** Number of events; `Infinity`: without end. */
  readonly events: number;
  /** Events for each second of event time. */
  readonly rate: number;
  /** Events are given at that rate too, not as fast as they are taken. */
  readonly isPaced: boolean;
  /** Event time of the first event, milliseconds since the epoch. */
  readonly baseTimeMs: number;
  readonly seed: number;
  readonly shares: Shares;
  /** Bytes of an event on average. */
  readonly sizes: { readonly person: number; readonly auction: number; readonly bid: number };
  /** One in so many is not hot. */
  readonly hot: { readonly auctions: number; readonly bidders: number; readonly sellers: number };
}

/** The benchmark says now; here it is a moment in the past, so that two runs have the same events. */
const BASE_TIME = '2015-07-15 00:00:00';

/**
 * The plan of a table with these options.
 * @throws {ConfigurationError} OPTION_UNKNOWN with near names, OPTION_VALUE, OPTION_UNSUPPORTED for `keep-alive`
 */
export function nexmarkPlan(table: string, given: Readonly<Record<string, string>>): NexmarkPlan {
  const options = new OptionReader(table, given);
  // The connector for Flink reads a value of these and does nothing with it.
  options.noted('rate.shape', 'rate.period', 'next-event.rate', 'scan.parallelism');
  options.refused('keep-alive', 'false');
  const limits = [options.whole('events.num', 0), options.whole('stop-at', -1, -1)].filter(
    (limit) => limit > 0,
  );
  const isLimited = options.flag('rate.limited', false);
  const isFast = options.flag('max-emit-speed', true);
  const plan: NexmarkPlan = {
    events: Math.min(Number.POSITIVE_INFINITY, ...limits),
    rate: options.whole('first-event.rate', 10_000, 1),
    isPaced: isLimited || !isFast,
    baseTimeMs: timeOf(options, 'base-time', BASE_TIME),
    seed: options.whole('seed', 0),
    shares: {
      persons: options.whole('person.proportion', 1, 1),
      auctions: options.whole('auction.proportion', 3, 1),
      bids: options.whole('bid.proportion', 46),
    },
    sizes: {
      person: bytesOf(options, 'person.avg-size', 200),
      auction: bytesOf(options, 'auction.avg-size', 500),
      bid: bytesOf(options, 'bid.avg-size', 100),
    },
    hot: {
      auctions: options.whole('bid.hot-ratio.auctions', 2, 1),
      bidders: options.whole('bid.hot-ratio.bidders', 4, 1),
      sellers: options.whole('auction.hot-ratio.sellers', 4, 1),
    },
  };
  options.finish();
  return plan;
}

function bytesOf(options: OptionReader, key: string, standard: number): number {
  const text = options.text(key);
  if (text === null) return standard;
  const found = /^(\d+) ?(b|bytes)?$/i.exec(text.trim());
  if (found === null) throw options.wrong(key, "Expected a number of bytes, such as '100b'.");
  return Number(found[1]);
}

/** Milliseconds since the epoch. */
function timeOf(options: OptionReader, key: string, standard: string): number {
  const micros = parseTimestamp(options.text(key) ?? standard, 6);
  if (micros === undefined) throw options.wrong(key, `Expected a time such as '${standard}'.`);
  return Number(micros / 1000n);
}
