/** The lines of a file, decompressed where its name says so. */
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LineSplitter } from '../line-splitter.js';

const NEWLINE = 10;
const RETURN = 13;

/**
 * Gives the lines of each piece that is read, without their ends: those that begin in its first `bytes`, each whole, however
 * the file grows meanwhile. Compressed files and pipes are read to their end.
 */
export async function* linesOf(
  path: string,
  bytes: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Buffer[]> {
  const splitter = new LineSplitter(NEWLINE);
  const isWhole = isCompressed(path) || !statSync(path).isFile();
  const end = isWhole ? Number.POSITIVE_INFINITY : bytes;
  let at = 0;
  const beginInside = (lines: readonly Buffer[]): Buffer[] => {
    const inside: Buffer[] = [];
    for (const line of lines) {
      if (at < end) inside.push(withoutReturn(line));
      at += line.length + 1;
    }
    return inside;
  };
  for await (const piece of bytesOf(path, signal)) {
    const lines = beginInside(splitter.take(piece as Buffer));
    if (lines.length > 0) yield lines;
    if (at >= end) return;
  }
  const rest = beginInside(splitter.rest());
  if (rest.length > 0) yield rest;
}

function bytesOf(path: string, signal: AbortSignal) {
  const file = createReadStream(path, { signal });
  // An error of either is told to who reads.
  return isCompressed(path) ? pipeline(file, createGunzip(), () => {}) : file;
}

function isCompressed(path: string): boolean {
  return path.endsWith('.gz');
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}
