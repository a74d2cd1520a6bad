/** The lines of a file, decompressed where its name says so. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LineSplitter } from '../line-splitter.js';

const NEWLINE = 10;
const RETURN = 13;

/** Gives the lines of each piece that is read, without their ends. */
export async function* linesOf(path: string, signal: AbortSignal): AsyncGenerator<readonly Buffer[]> {
  const splitter = new LineSplitter(NEWLINE);
  for await (const piece of bytesOf(path, signal)) {
    const lines = splitter.take(piece as Buffer);
    if (lines.length > 0) yield lines.map(withoutReturn);
  }
  const rest = splitter.rest();
  if (rest.length > 0) yield rest.map(withoutReturn);
}

function bytesOf(path: string, signal: AbortSignal) {
  const file = createReadStream(path, { signal });
  // An error of either is told to who reads.
  return path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file;
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}
