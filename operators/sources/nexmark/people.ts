/** Persons: who sells and who bids. */
import type { SqlValue } from '../../../core/index.js';
import { type EventMaker, FOR } from './event-maker.js';
import { FIRST_ID } from './event-numbers.js';
import { extraOf } from './extra.js';

const FIRST_NAMES = 'Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter'.split(' ');
const LAST_NAMES = 'Shultz Abrams Spencer White Bartels Walton Smith Jones Noris'.split(' ');
const STATES = 'AZ CA ID OR WA WY'.split(' ');
const CITIES = [
  ...['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland'],
  ...['Bend', 'Redmond', 'Seattle', 'Kent', 'Cheyenne'],
];
/** Bytes of id, name, address, card, city and state on average. */
const KNOWN_BYTES = 8 + 13 + 16 + 19 + 8 + 2;

/** Each field of the row `person`, from the number of an event that is one. */
export function personFields(maker: EventMaker): Readonly<Record<string, (event: number) => SqlValue>> {
  const { draw, numbers, texts } = maker;
  const oneOf = (list: readonly string[], event: number, purpose: number) =>
    list[draw(event, purpose) % list.length]!;
  const extra = extraOf(maker, maker.plan.sizes.person - KNOWN_BYTES);
  return {
    id: (event) => BigInt(numbers.person(event) + FIRST_ID),
    name: (event) => `${oneOf(FIRST_NAMES, event, FOR.firstName)} ${oneOf(LAST_NAMES, event, FOR.lastName)}`,
    emailAddress: (event) => {
      const drawn = draw(event, FOR.email);
      return `${texts.words(drawn, 7)}@${texts.words(drawn ^ 0x55555555, 5)}.com`;
    },
    creditCard: (event) =>
      [0, 1, 2, 3].map((i) => String(draw(event, FOR.creditCard + i) % 10_000).padStart(4, '0')).join(' '),
    city: (event) => oneOf(CITIES, event, FOR.city),
    state: (event) => oneOf(STATES, event, FOR.state),
    dateTime: (event) => BigInt(maker.timeMs(event)) * 1000n,
    extra,
  };
}
