import type { Readable } from 'node:stream';

/** Resolves when a process has said this, from now on. */
export function untilSaid(stream: Readable, text: string): Promise<void> {
  return new Promise((resolve) => {
    let said = '';
    stream.on('data', function take(chunk: Buffer) {
      said += chunk.toString();
      if (!said.includes(text)) return;
      stream.off('data', take);
      resolve();
    });
  });
}
