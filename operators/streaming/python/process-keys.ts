/** Keys to the workers of a process function and back: whole keys of a bundle each, all bundles side by side. */
import {
  type ColumnValues,
  type DataType,
  type ProcessStream,
  type SchemaRegistry,
  type SqlValue,
  types,
} from '../../../core/index.js';
import type { StageCalls } from '../../stages/stage-calls.js';
import { type AnswerRow, askPython } from './ask-python.js';
import { divided } from './divided.js';
import type { KeyedEvents, KeyedUpdate, ProcessKeys } from './keyed-events.js';

/** In front of the fields: whether it is the last of its key, its state, and its first timers. */
const OWN: readonly DataType[] = [types.boolean(), types.bytes(), types.bigint(), types.bigint()];

/** How keys are given to a stage's `calls`, in at most `workers` bundles at a time. */
export function processBy(
  stream: ProcessStream,
  calls: Pick<StageCalls, 'call'>,
  workers: number,
  schemas: SchemaRegistry,
): ProcessKeys {
  const { type, sideFields } = stream.operator;
  const own = type.kind === 'ROW' ? type.fields.map((field) => field.type) : [type];
  const fields = [...own, ...sideFields.map((field) => field.type)].map((field) => ({
    ...field,
    nullable: true,
  }));
  const ask = askPython(stream.shipped, [...OWN, ...fields], calls, schemas);
  const processed = async (
    keys: readonly KeyedEvents[],
    broadcast: Uint8Array | null,
  ): Promise<KeyedUpdate[]> => {
    const rows = keys.reduce((sum, key) => sum + rowsOf(key), 0);
    return updates(keys, await ask(rows, shippedColumns(keys, broadcast, stream)));
  };
  return async (keys, broadcast) => {
    const parts = divided(keys, workers, rowsOf);
    return (await Promise.all(parts.map((part) => processed(part, broadcast)))).flat();
  };
}

/** A key without rows has one that says so. */
function rowsOf({ rows }: KeyedEvents): number {
  return Math.max(1, rows.length);
}

function updates(keys: readonly KeyedEvents[], answers: readonly AnswerRow[]): KeyedUpdate[] {
  const updated: KeyedUpdate[] = [];
  let given: { row: number; fields: readonly SqlValue[] }[] = [];
  let first = 0;
  for (const { parent, values } of answers) {
    const [isEnd, state, eventTimer, clockTimer, ...fields] = values;
    if (isEnd !== true) {
      given.push({ row: parent - first, fields });
      continue;
    }
    updated.push({
      state: state as Uint8Array | null,
      eventTimer: timeOf(eventTimer!),
      clockTimer: timeOf(clockTimer!),
      given,
    });
    first += rowsOf(keys[updated.length - 1]!);
    given = [];
  }
  return updated;
}

function timeOf(value: SqlValue): number {
  return value === null ? Number.POSITIVE_INFINITY : Number(value);
}

function shippedColumns(
  keys: readonly KeyedEvents[],
  broadcast: Uint8Array | null,
  stream: ProcessStream,
): ColumnValues[] {
  const { process, shipped, copied, keys: keyPlaces } = stream;
  const columns: SqlValue[][] = shipped.map(() => []);
  const put = (place: number, value: SqlValue) => columns[place]!.push(value);
  keys.forEach(({ keys: own, state, rows, untilMs }, number) => {
    for (let i = 0; i < Math.max(1, rows.length); i++) {
      const row = rows[i];
      put(process.group, number);
      put(process.isRow, row !== undefined);
      put(process.timestamp, row?.timestamp == null ? null : BigInt(row.timestamp));
      put(process.clock, row === undefined ? null : watermarkOf(row.clockMs));
      put(process.until, i === 0 ? watermarkOf(untilMs) : null);
      put(process.state, i === 0 ? state : null);
      if (process.window !== null) {
        put(process.window.start, row?.window == null ? null : BigInt(row.window.startMs));
        put(process.window.end, row?.window == null ? null : BigInt(row.window.endMs));
      }
      if (process.member !== null) put(process.member, row?.member ?? null);
      if (process.broadcast !== null) put(process.broadcast, number === 0 && i === 0 ? broadcast : null);
      keyPlaces.forEach((place, key) => {
        put(place, own[key]!);
      });
      copied.forEach(({ to }, column) => {
        put(to, row?.values[column] ?? null);
      });
    }
  });
  return columns;
}

/** The end of time is behind every timer. */
function watermarkOf(ms: number): bigint | null {
  if (ms === Number.POSITIVE_INFINITY) return END_OF_TIME;
  return Number.isFinite(ms) ? BigInt(ms) : null;
}

/** Flink's `Long.MAX_VALUE`. */
const END_OF_TIME = 2n ** 63n - 1n;
