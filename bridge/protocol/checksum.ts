/** The last frame of data messages where `welcome` asked for checksums: CRC-32 of all frames before it, little-endian. */
import { crc32 } from 'node:zlib';
import { InternalError } from '../../core/index.js';

/** The frames of a message with their checksum behind them. */
export function withChecksum(frames: readonly Uint8Array[]): Uint8Array[] {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(checksumOf(frames));
  return [...frames, checksum];
}

/** The frames before the checksum. @throws {InternalError} PROTOCOL_CHECKSUM when it is missing or does not hold */
export function checkedFrames(frames: readonly Uint8Array[]): readonly Uint8Array[] {
  const last = frames.at(-1);
  const payload = frames.slice(0, -1);
  if (
    last?.byteLength !== 4 ||
    new DataView(last.buffer, last.byteOffset).getUint32(0, true) !== checksumOf(payload)
  ) {
    throw new InternalError(
      'PROTOCOL_CHECKSUM',
      'A message of a worker was changed on its way: its checksum does not hold.',
      {
        hint: 'Look for faulty memory, or for native code of a function that writes where it must not.',
      },
    );
  }
  return payload;
}

/** Empty frames are left out: the crc32 of zlib forgets what came before an empty buffer. */
function checksumOf(frames: readonly Uint8Array[]): number {
  return frames.reduce((value, frame) => (frame.byteLength === 0 ? value : crc32(frame, value)), 0);
}
