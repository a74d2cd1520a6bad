/** The lines of a file, decompressed where its name says so. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

const NEWLINE = 10;
const RETURN = 13;

/** Gives the lines of each piece that is read, without their ends. */
export async function* linesOf(path: string, signal: AbortSignal): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytesOf(path, signal)) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const lines: Buffer[] = [];
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      lines.push(withoutReturn(bytes.subarray(at, end)));
      at = end + 1;
    }
    rest = bytes.subarray(at);
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [withoutReturn(rest)];
}

function bytesOf(path: string, signal: AbortSignal) {
  const file = createReadStream(path, { signal });
  // An error of either is told to who reads.
  return path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file;
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}
