/** The events of the table of `tables.sql` as a file that any engine reads. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { SqlValue } from '../../core/index.js';
import { parseTypeText } from '../../core/types/parse-type-text.js';
import { nexmarkRows } from '../../operators/sources/nexmark/nexmark-source.js';

/** Events for each second of event time, as `tables.sql` has it. */
const RATE = '1000';
const CHUNK = 10_000;
const KINDS = {
  person: 'id name emailAddress creditCard city state dateTime extra',
  auction: 'id itemName description initialBid reserve dateTime expires seller category extra',
  bid: 'auction bidder price channel url dateTime extra',
};
const NUMBERS = new Set('id initialBid reserve seller category auction bidder price'.split(' '));
const TIMES = new Set(['dateTime', 'expires']);

/** Writes that many events, a JSON object a line: `event_type`, and the one of `person`, `auction`, `bid` that it is. */
export function writeEvents(file: string, events: number, rate = RATE): void {
  const kinds = Object.entries(KINDS).map(([kind, names]) => ({ kind, fields: names.split(' ') }));
  const columns = kinds.flatMap(({ kind, fields }) =>
    fields.map((field) => ({ name: `${kind}.${field}`, type: parseTypeText(typeOf(field)) })),
  );
  const type = { name: 'event_type', type: parseTypeText('INT') };
  const rows = nexmarkRows({
    table: 'events',
    columns: [type, ...columns],
    options: { 'events.num': String(events), 'first-event.rate': rate },
  });
  const out = openSync(file, 'w');
  for (let made = 0; made < events; made += CHUNK) {
    const count = Math.min(CHUNK, events - made);
    const [types, ...values] = rows.next(count) as readonly (readonly SqlValue[])[];
    const lines = Array.from({ length: count }, (_, row) => {
      const kind = types![row] as number;
      const from = kinds.slice(0, kind).reduce((sum, { fields }) => sum + fields.length, 0);
      const pairs = kinds[kind]!.fields.map((field, i) => jsonPair(field, values[from + i]![row]!));
      return `{"event_type":${kind},"${kinds[kind]!.kind}":{${pairs.join(',')}}}\n`;
    });
    writeSync(out, lines.join(''));
  }
  closeSync(out);
}

function typeOf(field: string): string {
  if (TIMES.has(field)) return 'TIMESTAMP(3)';
  return NUMBERS.has(field) ? 'BIGINT' : 'STRING';
}

function jsonPair(field: string, value: SqlValue): string {
  if (NUMBERS.has(field)) return `"${field}":${value}`;
  const text = TIMES.has(field)
    ? new Date(Number((value as bigint) / 1000n)).toISOString().slice(0, -1).replace('T', ' ')
    : (value as string);
  return `"${field}":${JSON.stringify(text)}`;
}
