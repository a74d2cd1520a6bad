/** Messages that no honest worker sends: each is read as what it says, or refused with a typed error. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeData, parseJson } from '../../../bridge/protocol/frames.js';
import { checkControlFromWorker } from '../../../bridge/protocol/validate.js';

const FOLDER = new URL('../../fixtures/messages/', import.meta.url);
const GOLDEN = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));
const RUNS = { numRuns: process.env.MILLSTREAM_LONG === '1' ? 50_000 : 1_000, seed: 20_261_122 };

const strange = fc.oneof(
  fc.constantFrom(null, -1, 0, 2 ** 31, 2 ** 53, 1e308, '', '__proto__', 'constructor', [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A golden message with some properties replaced, left out or added, at any depth. */
const forged = fc
  .record({
    base: fc.constantFrom(...GOLDEN),
    picks: fc.array(fc.tuple(fc.nat(), strange, fc.nat(3)), { maxLength: 3 }),
  })
  .map(({ base, picks }) =>
    picks.reduce<unknown>((value, [at, by, how]) => replaced(value, at, by, how), base),
  );

it('reads any header with any frames as what it says, or refuses it', () => {
  fc.assert(
    fc.property(forged, fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 5 }), (header, frames) => {
      expectTyped(() => decodeData([Buffer.from(JSON.stringify(header)), ...frames]));
    }),
    RUNS,
  );
});

it('refuses any bytes that are no message', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (frames) => {
      expectTyped(() => decodeData(frames));
    }),
    RUNS,
  );
});

it('reads any control message as what it says, or refuses it', () => {
  fc.assert(
    fc.property(forged, (message) => {
      expectTyped(() => checkControlFromWorker(parseJson(Buffer.from(JSON.stringify(message)))));
    }),
    RUNS,
  );
});

it('leaves every object as it is, whatever a message is called', () => {
  for (const text of ['{"type":"__proto__"}', '{"__proto__":{"type":"done"}}', '{"type":"constructor"}']) {
    expect(() => decodeData([Buffer.from(text)])).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_MESSAGE' }),
    );
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
});

function expectTyped(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^PROTOCOL_(FRAMES|MESSAGE)$/) });
  }
}

function replaced(value: unknown, at: number, by: unknown, how: number): unknown {
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  if (keys.length === 0 || how === 3) return { ...value, extra: by };
  const key = keys[at % keys.length]!;
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  if (how === 0) copy[key] = by;
  else if (how === 1) delete copy[key];
  else copy[key] = replaced(copy[key], at >> 3, by, at % 3);
  return Array.isArray(value) ? Object.values(copy) : copy;
}
