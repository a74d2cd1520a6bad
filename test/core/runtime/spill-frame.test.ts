import { expect, it } from 'vitest';
import type { StreamElement } from '../../../core/index.js';
import {
  decodeSpillFrame,
  encodeSpillFrame,
  SPILL_PREFIX_BYTES,
  spillFrameBytes,
} from '../../../core/runtime/spill-frame.js';
import { SeededRandom } from '../../support/seeded-random.js';

const ELEMENTS: StreamElement[] = [
  {
    kind: 'batch',
    rows: 3,
    continued: true,
    groups: [
      { schema: 4, message: Uint8Array.of(1, 2, 3), shared: null, messageRows: 3, selection: null },
      {
        schema: 5,
        message: Uint8Array.of(9),
        shared: null,
        messageRows: 2,
        selection: Int32Array.of(0, 0, 1),
      },
      { schema: 5, message: new Uint8Array(0), shared: null, messageRows: 0, selection: new Int32Array(0) },
    ],
  },
  { kind: 'watermark', timestampMs: -12.5 },
  { kind: 'watermark', timestampMs: Number.POSITIVE_INFINITY },
  { kind: 'barrier', checkpointId: 12, isLast: false },
  { kind: 'end' },
];

it('brings back every kind of element as it was', () => {
  for (const element of ELEMENTS) {
    const { prefix, body } = frameOf(element);

    expect(spillFrameBytes(prefix)).toBe(body.byteLength);
    expect(decodeSpillFrame(prefix, body)).toEqual(element);
  }
});

it('refuses a body with any one bit changed', () => {
  const random = new SeededRandom(3);
  for (let round = 0; round < 200; round++) {
    const { prefix, body } = frameOf(ELEMENTS[0]!);
    body[random.int(0, body.length - 1)]! ^= 1 << random.int(0, 7);

    expect(() => decodeSpillFrame(prefix, body)).toThrow('does not read back');
  }
});

function frameOf(element: StreamElement): { prefix: Uint8Array; body: Uint8Array } {
  const bytes = new Uint8Array(Buffer.concat(encodeSpillFrame(element)));
  return { prefix: bytes.slice(0, SPILL_PREFIX_BYTES), body: bytes.slice(SPILL_PREFIX_BYTES) };
}
