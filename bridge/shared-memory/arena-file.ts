/** The file behind an arena: sparse, filled with zeros as it grows, so that its pages belong to this process. */
import { closeSync, ftruncateSync, openSync, readSync, rmSync, write } from 'node:fs';
import { promisify } from 'node:util';

const writeAt = promisify(write);
const ZEROS = new Uint8Array(1 << 20);

export class ArenaFile {
  readonly path: string;
  readonly bytes: number;
  readonly #descriptor: number;
  #writing: Promise<void> = Promise.resolve();

  /** Creates a file of `bytes` that only this user can open; it takes no memory yet. */
  constructor(path: string, bytes: number) {
    this.path = path;
    this.bytes = bytes;
    this.#descriptor = openSync(path, 'wx+', 0o600);
    ftruncateSync(this.#descriptor, bytes);
  }

  /**
   * Takes memory for the bytes from `start` to `end`. A page is charged to the control group of the process that
   * touches it first: were it a worker, its cap would count it. @throws the system's error where there is none left
   */
  fill(start: number, end: number): Promise<void> {
    const filled = this.#fill(start, end);
    this.#writing = filled.catch(() => undefined);
    return filled;
  }

  /** A copy of a part. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      done += readSync(this.#descriptor, bytes, done, length - done, offset + done);
    }
    return bytes;
  }

  /** Takes its name away at once, and its memory when nobody maps it any more. */
  remove(): void {
    rmSync(this.path, { force: true });
    void this.#writing.then(() => closeSync(this.#descriptor));
  }

  async #fill(start: number, end: number): Promise<void> {
    for (let position = start; position < end; ) {
      const { bytesWritten } = await writeAt(
        this.#descriptor,
        ZEROS,
        0,
        Math.min(ZEROS.length, end - position),
        position,
      );
      position += bytesWritten;
    }
  }
}
