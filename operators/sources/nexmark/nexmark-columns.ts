/** Columns of a `nexmark` table → what makes their values. */
import {
  type Column,
  ConfigurationError,
  type DataType,
  nearNames,
  type SqlValue,
  typeToText,
} from '../../../core/index.js';
import { auctionFields } from './auctions.js';
import { bidFields } from './bids.js';
import { type EventMaker, eventMaker } from './event-maker.js';
import { AUCTION, BID, PERSON } from './event-numbers.js';
import type { NexmarkPlan } from './nexmark-options.js';
import { personFields } from './people.js';

/** The value of a column for the event of that number. */
export type EventValue = (event: number) => SqlValue;

const KIND_COLUMN = 'event_type';
const TIMES = new Set(['dateTime', 'expires']);

/**
 * What makes the values of a column: `event_type`, a row (`bid`), or one field of a row (`bid.price`), which is NULL
 * for events of another kind.
 * @throws {ConfigurationError} OPTION_VALUE where the benchmark has no such column, field or type
 */
export function nexmarkColumns(plan: NexmarkPlan): (column: Column) => EventValue {
  const maker = eventMaker(plan);
  const kinds = new Map([
    ['person', { kind: PERSON, fields: personFields(maker) }],
    ['auction', { kind: AUCTION, fields: auctionFields(maker) }],
    ['bid', { kind: BID, fields: bidFields(maker) }],
  ]);
  return ({ name, type }) => {
    if (name === KIND_COLUMN) return kindColumn(maker, type);
    const [row = '', field = null] = name.split('.');
    const event = kinds.get(row);
    if (event === undefined) throw noColumn(name, [KIND_COLUMN, ...kinds.keys()]);
    const { kind, fields } = event;
    const ofKind = (value: EventValue): EventValue => {
      return (number) => (maker.numbers.kind(number) === kind ? value(number) : null);
    };
    if (field !== null) return ofKind(fieldValue(fields, { name: field, type }));
    if (type.kind !== 'ROW') throw wrongType(name, type, 'ROW<…>');
    const values = type.fields.map((inner) => fieldValue(fields, inner));
    return ofKind((number) => values.map((value) => value(number)));
  };
}

function kindColumn({ numbers }: EventMaker, type: DataType): EventValue {
  if (type.kind !== 'INT') throw wrongType(KIND_COLUMN, type, 'INT');
  return (event) => numbers.kind(event);
}

function fieldValue(fields: Readonly<Record<string, EventValue>>, { name, type }: Column): EventValue {
  const value = fields[name];
  if (value === undefined) throw noColumn(name, Object.keys(fields));
  const expected = TIMES.has(name) ? 'TIMESTAMP(3)' : typeof value(0) === 'string' ? 'STRING' : 'BIGINT';
  if (!fits(type, expected)) throw wrongType(name, type, expected);
  return value;
}

function fits(type: DataType, expected: string): boolean {
  if (expected === 'STRING' && type.kind === 'VARCHAR') return true;
  return typeToText({ ...type, nullable: true }) === expected;
}

function noColumn(name: string, known: readonly string[]): ConfigurationError {
  const near = nearNames(name, known);
  return new ConfigurationError('OPTION_VALUE', `connector 'nexmark' has no column '${name}'.`, {
    hint: near.length > 0 ? `Did you mean '${near.join("' or '")}'?` : `It has: ${known.join(', ')}.`,
  });
}

function wrongType(name: string, type: DataType, expected: string): ConfigurationError {
  const declared = typeToText(type);
  return new ConfigurationError(
    'OPTION_VALUE',
    `column '${name}' is declared as ${declared}; connector 'nexmark' gives ${expected}.`,
    { hint: `Declare it as ${expected}.` },
  );
}
