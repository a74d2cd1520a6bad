import { describe, expect, it } from 'vitest';
import { decodeData, encodeBatch, encodeSchema } from '../../../bridge/protocol/frames.js';
import type { BatchMessage } from '../../../bridge/protocol/messages.js';

const PLACE = { stage: 's', epoch: 1, sequence: 2, input: 0, notCalled: null, split: null, mayJoin: false };
const json = (value: object) => Buffer.from(JSON.stringify(value));

function header(changes: Partial<BatchMessage> = {}): Uint8Array {
  const message: BatchMessage = {
    type: 'batch',
    ...PLACE,
    rows: 3,
    groups: [{ schema: 1, rows: 3, hasSelection: false, block: null }],
    hasRowSelection: false,
    continued: false,
    done: null,
    ...changes,
  };
  return json(message);
}

function ints(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

describe('a batch as frames', () => {
  it('puts the selection of a group before its message, and copies neither', () => {
    const selection = Int32Array.of(0, 2);
    const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
    const groups = [
      { schema: 7, message: first, shared: null, messageRows: 2, selection: null },
      { schema: 8, message: second, shared: null, messageRows: 5, selection },
    ];

    const frames = encodeBatch(PLACE, { rows: 2, continued: true, groups }, () => null);

    expect(frames).toHaveLength(4);
    expect(frames[1]).toBe(first);
    expect(frames[2]?.buffer).toBe(selection.buffer);
    expect(frames[3]).toBe(second);
    expect(JSON.parse(Buffer.from(frames[0]!).toString())).toEqual({
      type: 'batch',
      ...PLACE,
      rows: 2,
      groups: [
        { schema: 7, rows: 2, hasSelection: false, block: null },
        { schema: 8, rows: 5, hasSelection: true, block: null },
      ],
      hasRowSelection: false,
      continued: true,
      done: null,
    });
  });

  it('is read back as it was sent', () => {
    const selection = Int32Array.of(0, 0, 4);
    const message = Uint8Array.of(1, 2, 3);
    const batch = {
      rows: 3,
      continued: false,
      groups: [{ schema: 1, message, shared: null, messageRows: 5, selection }],
    };

    const data = decodeData(encodeBatch(PLACE, batch, () => null));

    expect(data).toMatchObject({ message: { type: 'batch', sequence: 2 }, groups: [{ message, selection }] });
  });

  it('may have no groups, only a row selection', () => {
    const frames = [header({ groups: [], hasRowSelection: true }), ints(0, 5, 9)];

    expect(decodeData(frames)).toMatchObject({ rowSelection: Int32Array.of(0, 5, 9), groups: [] });
  });

  it('has its selection copied where the frame is not aligned', () => {
    const frame = new Uint8Array(13).subarray(1);
    frame.set(ints(0, 1, 2));

    const data = decodeData([header({ groups: [], hasRowSelection: true }), frame]);

    expect(data).toMatchObject({ rowSelection: Int32Array.of(0, 1, 2) });
  });
});

describe('frames that break the protocol', () => {
  const refused: readonly (readonly [string, readonly Uint8Array[], RegExp])[] = [
    ['no frame', [], /header of 0 bytes/],
    ['no JSON', [Buffer.from('{')], /not JSON/],
    ['an unknown type', [json({ type: 'nonsense' })], /\/type is "nonsense"/],
    [
      'a missing property',
      [json({ type: 'credit', stage: 's', epoch: 1, input: 0 })],
      /must have required property 'bytes'/,
    ],
    [
      'an unknown property',
      [json({ type: 'schema', id: 1, more: 1 }), Buffer.of(1)],
      /additional properties \(more\)/,
    ],
    ['a negative row count', [header({ rows: -1 })], /\/rows must be >= 0/],
    ['a missing frame', [header()], /1 frames for a batch message of 2/],
    ['a frame too many', [header(), Buffer.of(1), Buffer.of(2)], /3 frames/],
    ['a schema without its frame', [json({ type: 'schema', id: 1 })], /1 frames for a schema message of 2/],
    [
      'a selection of another length',
      [header({ hasRowSelection: true }), ints(0, 1), Buffer.of(1)],
      /selection of 8 bytes for 3 rows/,
    ],
    [
      'a selection that goes back',
      [
        header({ groups: [{ schema: 1, rows: 3, hasSelection: true, block: null }] }),
        ints(0, 2, 1),
        Buffer.of(1),
      ],
      /not ascending/,
    ],
    [
      'a selection outside of its group',
      [
        header({ groups: [{ schema: 1, rows: 3, hasSelection: true, block: null }] }),
        ints(0, 1, 3),
        Buffer.of(1),
      ],
      /reaches row 3 of 3/,
    ],
    ['a group of other rows', [header({ rows: 4 }), Buffer.of(1)], /group of 3 rows in a batch of 4/],
  ];

  it.each(refused)('are refused: %s', (_, frames, reason) => {
    expect(() => decodeData(frames)).toThrow(reason);
  });
});

describe('a schema as frames', () => {
  it('is one frame behind its number', () => {
    const schema = Uint8Array.of(9, 9);

    expect(decodeData(encodeSchema(4, schema))).toEqual({ message: { type: 'schema', id: 4 }, schema });
  });
});
