/** Seeded damage to encapsulated Arrow messages: what disks, networks, bugs and attackers do to them. */
import type { SeededRandom } from './seeded-random.js';

/** A damaged copy, and what was done to it. */
export interface Mutant {
  readonly bytes: Uint8Array;
  readonly damage: string;
}

/** One to three damages of one kind. `metadataBytes` is where the body begins. */
export function mutate(message: Uint8Array, metadataBytes: number, random: SeededRandom): Mutant {
  const damage = random.pick(DAMAGES);
  let bytes: Uint8Array = message.slice();
  for (let i = random.int(1, 3); i > 0; i--)
    bytes = damage(bytes, Math.min(metadataBytes, bytes.length), random);
  return { bytes, damage: damage.name };
}

type Damage = (bytes: Uint8Array, metadataBytes: number, random: SeededRandom) => Uint8Array;

const DAMAGES: readonly Damage[] = [
  flipBit,
  flipMetadataBit,
  truncate,
  setWord,
  setMetadataWord,
  addToMetadataWord,
  swapMetadataWords,
  swapBodyRanges,
];

function flipBit(bytes: Uint8Array, _: number, random: SeededRandom): Uint8Array {
  if (bytes.length > 0) bytes[random.int(0, bytes.length - 1)]! ^= 1 << random.int(0, 7);
  return bytes;
}

function flipMetadataBit(bytes: Uint8Array, metadataBytes: number, random: SeededRandom): Uint8Array {
  if (metadataBytes > 0) bytes[random.int(0, metadataBytes - 1)]! ^= 1 << random.int(0, 7);
  return bytes;
}

function truncate(bytes: Uint8Array, _: number, random: SeededRandom): Uint8Array {
  return bytes.slice(0, random.int(0, Math.max(0, bytes.length - 1)));
}

function setWord(bytes: Uint8Array, _: number, random: SeededRandom): Uint8Array {
  return withWord(bytes, bytes.length, random, () => random.pick(EXTREMES));
}

function setMetadataWord(bytes: Uint8Array, metadataBytes: number, random: SeededRandom): Uint8Array {
  return withWord(bytes, metadataBytes, random, () => random.pick(EXTREMES));
}

/** Lengths, offsets and counts that are a little wrong. */
function addToMetadataWord(bytes: Uint8Array, metadataBytes: number, random: SeededRandom): Uint8Array {
  return withWord(bytes, metadataBytes, random, (word) => word + random.pick([-64, -8, -1, 1, 8, 64]));
}

/** Two 16-byte structures change places: field nodes, or buffers. */
function swapMetadataWords(bytes: Uint8Array, metadataBytes: number, random: SeededRandom): Uint8Array {
  return swapRanges(bytes, metadataBytes, 16, random);
}

function swapBodyRanges(bytes: Uint8Array, _: number, random: SeededRandom): Uint8Array {
  return swapRanges(bytes, bytes.length, 8, random);
}

function withWord(
  bytes: Uint8Array,
  range: number,
  random: SeededRandom,
  change: (word: number) => number,
): Uint8Array {
  if (range < 4) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = random.int(0, Math.floor(range / 4) - 1) * 4;
  view.setInt32(at, change(view.getInt32(at, true)), true);
  return bytes;
}

/** Structures in metadata are aligned to 8 bytes. */
function swapRanges(bytes: Uint8Array, range: number, size: number, random: SeededRandom): Uint8Array {
  const places = Math.floor((range - size) / 8);
  if (places < 1) return bytes;
  const [a, b] = [random.int(0, places) * 8, random.int(0, places) * 8];
  const first = bytes.slice(a, a + size);
  bytes.copyWithin(a, b, b + size);
  bytes.set(first, b);
  return bytes;
}

const EXTREMES = [-1, 0x7fffffff, -0x80000000, 0, 1, 8, 1 << 20];
