import { describe, expect, it } from 'vitest';
import { checkedFrames, withChecksum } from '../../../bridge/protocol/checksum.js';
import { mutate } from '../../support/mutants.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { seeds } from '../../support/seeds.js';

const FRAMES = [Buffer.from('{"type":"batch"}'), Buffer.alloc(0), Buffer.from('0123456789abcdef'.repeat(8))];

describe('the checksum of a message', () => {
  it('lets the frames through as they are', () => {
    expect(checkedFrames(withChecksum(FRAMES))).toEqual(FRAMES);
    expect(checkedFrames(withChecksum([]))).toEqual([]);
  });

  it('is the one that Python computes', () => {
    // zlib.crc32(b"123456789") == 0xcbf43926, the check value of CRC-32.
    expect(withChecksum([Buffer.from('12345'), Buffer.from('6789')])[2]).toEqual(
      Buffer.from('2639f4cb', 'hex'),
    );
  });

  it('refuses every damaged frame, whichever it is', () => {
    for (const seed of seeds(2_000, 20_000)) {
      const random = new SeededRandom(seed);
      const frames = withChecksum(FRAMES);
      const index = random.int(0, frames.length - 1);
      const { bytes, damage } = mutate(frames[index]!, 16, random);
      if (Buffer.compare(bytes, frames[index]!) === 0) continue;

      expect(() => checkedFrames(frames.with(index, bytes)), `seed ${seed}, ${damage}`).toThrow(
        expect.objectContaining({ code: 'PROTOCOL_CHECKSUM' }),
      );
    }
  });

  it.each([
    ['no frame at all', []],
    ['a message without a checksum', FRAMES],
  ])('refuses %s', (_, frames) => {
    expect(() => checkedFrames(frames)).toThrow('its checksum does not hold');
  });
});
