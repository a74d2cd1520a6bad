import type { SnapshotBytes } from '../../core/index.js';

/** The text that a test's operator said to a checkpoint. */
export function snapshotText(state: SnapshotBytes): string {
  if ('pieces' in state) throw new TypeError('the state is in pieces');
  return Buffer.from(state).toString();
}

/** The pieces of a snapshot as one. */
export async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return new Uint8Array(Buffer.concat(all));
}
