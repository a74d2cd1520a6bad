import type { CheckpointFiles } from '../../core/ports/ports.js';
import { gathered } from './snapshot-text.js';

/** A disk that stops working at its `failAt`-th change, half of that change done; `failures` changes later it works again. */
export class Disk implements CheckpointFiles {
  readonly place = 'the disk';
  readonly files = new Map<string, Uint8Array>();
  changes = 0;
  failAt = Number.POSITIVE_INFINITY;
  failures = Number.POSITIVE_INFINITY;

  async write(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const bytes = await gathered(pieces);
    this.#change(() => this.files.set(name, bytes.slice(0, bytes.length >> 1)));
    this.files.set(name, bytes.slice());
  }

  async read(name: string): Promise<Uint8Array> {
    const bytes = this.files.get(name);
    if (bytes === undefined) throw new Error(`no file ${name}`);
    return bytes;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change(() => {});
    for (const [name, bytes] of [...this.files]) {
      if (!name.startsWith(`${from}/`)) continue;
      this.files.delete(name);
      this.files.set(to + name.slice(from.length), bytes);
    }
    // All of it is done, and may yet be lost.
    this.#change(() => {});
  }

  async list(folder: string): Promise<string[]> {
    const prefix = folder === '' ? '' : `${folder}/`;
    const below = [...this.files.keys()].filter((name) => name.startsWith(prefix));
    return [...new Set(below.map((name) => name.slice(prefix.length).split('/')[0]!))];
  }

  async remove(folder: string): Promise<void> {
    const inside = [...this.files.keys()].filter((name) => name.startsWith(`${folder}/`));
    if (this.files.has(folder)) inside.push(folder);
    this.#change(() => this.files.delete(inside.at(-1) ?? ''));
    for (const name of inside) this.files.delete(name);
  }

  #change(half: () => void): void {
    this.changes += 1;
    if (this.changes < this.failAt || this.changes >= this.failAt + this.failures) return;
    if (this.changes === this.failAt) half();
    throw new Error('the machine is off');
  }
}
