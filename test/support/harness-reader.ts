/** A Python process that reads column groups with the harness's own code, so that a crash of it is seen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** `accepted`: the batch that the harness read, encoded anew; `refused`: its typed error; the others are faults. */
export type HarnessOutcome =
  | { readonly kind: 'accepted'; readonly message: Uint8Array }
  | { readonly kind: 'refused' | 'untyped' | 'crashed'; readonly text: string };

export class HarnessReader {
  #child: ChildProcess | null = null;
  #received = Buffer.alloc(0);
  #settle: ((outcome: HarnessOutcome) => void) | null = null;

  /** One group at a time. A process that died is started again by the next call. */
  read(schema: Uint8Array, message: Uint8Array, rows: number): Promise<HarnessOutcome> {
    this.#child ??= this.#start();
    const { stdin } = this.#child;
    const parts = [schema, message, Buffer.from(String(rows))];
    stdin!.write(Buffer.concat(parts.flatMap((part) => [sizeOf(part), part])));
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  close(): void {
    this.#child?.stdin?.end();
    this.#child = null;
  }

  #start(): ChildProcess {
    const child = spawn(process.env.MILLSTREAM_PYTHON ?? 'python3', [PROGRAM], {
      env: { ...process.env, PYTHONPATH: PACKAGE },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => this.#onData(chunk));
    child.on('close', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#answer({ kind: 'crashed', text: `ended with ${signal ?? code}` });
    });
    return child;
  }

  #onData(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length < 5) return;
    const size = this.#received.readUInt32LE(1);
    if (this.#received.length < 5 + size) return;
    const payload = this.#received.subarray(5, 5 + size);
    const kind = String.fromCharCode(this.#received[0]!);
    this.#received = Buffer.alloc(0);
    if (kind === 'a') this.#answer({ kind: 'accepted', message: new Uint8Array(payload) });
    else this.#answer({ kind: kind === 'r' ? 'refused' : 'untyped', text: payload.toString() });
  }

  #answer(outcome: HarnessOutcome): void {
    this.#settle?.(outcome);
    this.#settle = null;
  }
}

function sizeOf(part: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(part.byteLength);
  return size;
}

const PROGRAM = join(import.meta.dirname, '../fixtures/hostile/read_groups.py');
const PACKAGE = join(import.meta.dirname, '../../python-udf');
