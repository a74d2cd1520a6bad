/**
 * Frames of `millstream serve`, all numbers u32 little-endian: header length, header (JSON), count of payloads, then
 * for each payload its length and its bytes.
 */
import type { Readable } from 'node:stream';
import { InternalError } from '../../core/index.js';
import type { ResultOutput } from '../output.js';

/** The largest header that is read: SQL of this size is a mistake. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/** Headers of the frames in `input`, in order, until it ends. @throws {InternalError} SERVE_FRAME */
export async function* readHeaders(input: Readable): AsyncGenerator<unknown> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (let frame = firstHeader(rest); frame !== null; frame = firstHeader(rest)) {
      rest = rest.subarray(frame.end);
      yield frame.header;
    }
  }
}

/** The header at the start of `bytes`, and where its frame ends; null while it is not whole. */
function firstHeader(bytes: Buffer): { readonly header: unknown; readonly end: number } | null {
  if (bytes.length < 4) return null;
  const length = bytes.readUInt32LE(0);
  if (length > MAX_HEADER_BYTES) throw frameError(`a header of ${length} bytes`);
  if (bytes.length < 4 + length + 4) return null;
  if (bytes.readUInt32LE(4 + length) !== 0) throw frameError('a request with payloads');
  return { header: parse(bytes.toString('utf8', 4, 4 + length)), end: 4 + length + 4 };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw frameError('a header that is not JSON');
  }
}

function frameError(what: string): InternalError {
  return new InternalError('SERVE_FRAME', `The program that started this runtime sent ${what}.`);
}

/** Lines that may wait for a reader who does not read; more are counted and left out. */
const MOST_WAITING_LINES = 1000;

/** Writes frames one after the other, whole. */
export class FrameWriter {
  #last: Promise<void> = Promise.resolve();
  #waitingLines = 0;
  #droppedLines = 0;

  constructor(private readonly output: ResultOutput) {}

  /** Resolves when more may be sent: waiting for it is the backpressure. */
  send(header: object, payload: Uint8Array | null = null): Promise<void> {
    this.#last = this.#last.then(() => this.#write(header, payload));
    return this.#last;
  }

  /** A line of text from a worker or about the job; nobody waits for it. */
  line(type: 'log' | 'note', text: string): void {
    if (this.#waitingLines === MOST_WAITING_LINES) {
      this.#droppedLines++;
      return;
    }
    this.#waitingLines++;
    const leftOut = this.#droppedLines === 0 ? '' : `… ${this.#droppedLines} lines left out\n`;
    this.#droppedLines = 0;
    this.send({ type, text: leftOut + text }).then(
      () => {
        this.#waitingLines--;
      },
      // Whoever sends a result next gets the error.
      () => undefined,
    );
  }

  async #write(header: object, payload: Uint8Array | null): Promise<void> {
    const json = Buffer.from(JSON.stringify(header));
    const head = Buffer.alloc(4 + json.length + 4 + (payload === null ? 0 : 4));
    head.writeUInt32LE(json.length, 0);
    json.copy(head, 4);
    head.writeUInt32LE(payload === null ? 0 : 1, 4 + json.length);
    if (payload !== null) head.writeUInt32LE(payload.byteLength, 8 + json.length);
    await this.output.write(head);
    if (payload !== null) await this.output.write(payload);
  }
}
