import { expect, it } from 'vitest';
import {
  lsnText,
  parseLsn,
  parseReplicationMessage,
  UNCHANGED,
} from '../../../operators/connectors/postgres/pgoutput.js';

const name = (text: string) => Buffer.from(`${text}\0`);
const int = (width: 1 | 2 | 4, value: number) => {
  const bytes = Buffer.alloc(width);
  bytes.writeIntBE(value, 0, width);
  return bytes;
};
const field = (text: string | null | typeof UNCHANGED) => {
  if (text === null) return Buffer.from('n');
  if (text === UNCHANGED) return Buffer.from('u');
  return Buffer.concat([Buffer.from('t'), int(4, Buffer.byteLength(text)), Buffer.from(text)]);
};
const row = (...fields: (string | null | typeof UNCHANGED)[]) =>
  Buffer.concat([int(2, fields.length), ...fields.map(field)]);
const parse = (kind: string, ...parts: Buffer[]) =>
  parseReplicationMessage(Buffer.concat([Buffer.from(kind), ...parts]));

it('messages of replication are what the protocol says', () => {
  const column = (text: string) => Buffer.concat([int(1, 1), name(text), int(4, 20), int(4, -1)]);
  expect(
    parse('R', int(4, 7), name('public'), name('t'), Buffer.from('f'), int(2, 2), column('a'), column('ä')),
  ).toEqual({
    kind: 'relation',
    id: 7,
    schema: 'public',
    table: 't',
    columns: ['a', 'ä'],
  });
  expect(parse('I', int(4, 7), Buffer.from('N'), row('1', null))).toEqual({
    kind: 'insert',
    relation: 7,
    row: ['1', null],
  });
  expect(
    parse('U', int(4, 7), Buffer.from('O'), row('1', 'x'), Buffer.from('N'), row('2', UNCHANGED)),
  ).toEqual({
    kind: 'update',
    relation: 7,
    before: ['1', 'x'],
    isKeyOnly: false,
    row: ['2', UNCHANGED],
  });
  expect(parse('U', int(4, 7), Buffer.from('N'), row('2'))).toMatchObject({ before: null, row: ['2'] });
  expect(parse('D', int(4, 7), Buffer.from('K'), row('2', null))).toMatchObject({
    isKeyOnly: true,
    before: ['2', null],
  });
  expect(parse('T', int(4, 1), int(1, 0), int(4, 7))).toEqual({ kind: 'other' });
});

it('places in the log are numbers and text', () => {
  expect(parseLsn('16/B374D848')).toBe(0x16_b374_d848n);
  expect(lsnText(0x16_b374_d848n)).toBe('16/B374D848');
});
