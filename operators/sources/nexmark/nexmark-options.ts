/** The options of a `nexmark` table; names and defaults are those of Nexmark's connector for Flink. */
import { ConfigurationError, nearNames, parseTimestamp } from '../../../core/index.js';
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

/** Of these the connector for Flink reads a value and does nothing with it. */
const WITHOUT_EFFECT = ['rate.shape', 'rate.period', 'next-event.rate', 'scan.parallelism'];

const DEFAULTS: Readonly<Record<string, string>> = {
  'events.num': '0',
  'stop-at': '-1',
  'first-event.rate': '10000',
  'rate.limited': 'false',
  'max-emit-speed': 'true',
  'keep-alive': 'false',
  'person.proportion': '1',
  'auction.proportion': '3',
  'bid.proportion': '46',
  'person.avg-size': '200b',
  'auction.avg-size': '500b',
  'bid.avg-size': '100b',
  'bid.hot-ratio.auctions': '2',
  'bid.hot-ratio.bidders': '4',
  'auction.hot-ratio.sellers': '4',
  'base-time': BASE_TIME,
  seed: '0',
};

/**
 * The plan of a table with these options.
 * @throws {ConfigurationError} OPTION_UNKNOWN with near names, OPTION_VALUE, OPTION_UNSUPPORTED for `keep-alive`
 */
export function nexmarkPlan(options: Readonly<Record<string, string>>): NexmarkPlan {
  const known = Object.keys(DEFAULTS);
  for (const key of Object.keys(options)) {
    if (key !== 'connector' && !(key in DEFAULTS) && !WITHOUT_EFFECT.includes(key)) throw unknown(key, known);
  }
  const text = (key: string) => options[key] ?? DEFAULTS[key]!;
  const count = (key: string, least: number) => countOf(key, text(key), least);
  const flag = (key: string) => flagOf(key, text(key));
  if (flag('keep-alive')) {
    throw new ConfigurationError('OPTION_UNSUPPORTED', "option 'keep-alive' is not supported.", {
      hint: "Leave 'events.num' out for events without end.",
    });
  }
  const limits = [count('events.num', 0), count('stop-at', -1)].filter((limit) => limit > 0);
  return {
    events: Math.min(Number.POSITIVE_INFINITY, ...limits),
    rate: count('first-event.rate', 1),
    isPaced: flag('rate.limited') || !flag('max-emit-speed'),
    baseTimeMs: timeOf(text('base-time')),
    seed: count('seed', 0),
    shares: {
      persons: count('person.proportion', 1),
      auctions: count('auction.proportion', 1),
      bids: count('bid.proportion', 0),
    },
    sizes: {
      person: bytesOf('person.avg-size', text('person.avg-size')),
      auction: bytesOf('auction.avg-size', text('auction.avg-size')),
      bid: bytesOf('bid.avg-size', text('bid.avg-size')),
    },
    hot: {
      auctions: count('bid.hot-ratio.auctions', 1),
      bidders: count('bid.hot-ratio.bidders', 1),
      sellers: count('auction.hot-ratio.sellers', 1),
    },
  };
}

function countOf(key: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw wrong(key, text, `a whole number, at least ${least}`);
}

function flagOf(key: string, text: string): boolean {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  throw wrong(key, text, "'true' or 'false'");
}

function bytesOf(key: string, text: string): number {
  const found = /^(\d+) ?(b|bytes)?$/i.exec(text.trim());
  if (found === null) throw wrong(key, text, "a number of bytes, such as '100b'");
  return Number(found[1]);
}

function timeOf(text: string): number {
  const micros = parseTimestamp(text, 6);
  if (micros === undefined) throw wrong('base-time', text, `a time such as '${BASE_TIME}'`);
  return Number(micros / 1000n);
}

function wrong(key: string, text: string, expected: string): ConfigurationError {
  return new ConfigurationError('OPTION_VALUE', `option '${key}' is '${text}'; expected ${expected}.`);
}

function unknown(key: string, known: readonly string[]): ConfigurationError {
  const near = nearNames(key, known);
  return new ConfigurationError('OPTION_UNKNOWN', `unknown option '${key}'.`, {
    hint: near.length > 0 ? `Did you mean '${near.join("' or '")}'?` : `It has: ${known.join(', ')}.`,
  });
}
