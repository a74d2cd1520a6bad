/** Standard output for results: waits for a slow reader, and stops quietly when the reader has gone. */
import type { Writable } from 'node:stream';
import { SinkError } from '../core/index.js';

/** Where formats write. */
export interface ResultOutput {
  /** True once the reader has closed its end (`| head`): whoever produces rows stops. */
  readonly isClosed: boolean;
  /** Resolves when more may be written. After the reader has gone it does nothing. */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** Wraps a stream. Its EPIPE is no error; any other one is thrown by the next `write` or `flush`, as SINK_WRITE. */
export class StreamOutput implements ResultOutput {
  isClosed = false;
  private failure: SinkError | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly stream: Writable) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.isClosed = true;
      if (error.code !== 'EPIPE') this.failure = failureOf(error);
      this.wake?.();
    });
    stream.on('drain', () => this.wake?.());
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.failure !== null) throw this.failure;
    if (this.isClosed || this.tryWrite(chunk)) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
    if (this.failure !== null) throw this.failure;
  }

  /** Resolves when everything written has left this process, or the reader has gone. */
  async flush(): Promise<void> {
    if (!this.isClosed) {
      await new Promise<void>((resolve) => {
        this.stream.write('', () => resolve());
      });
    }
    if (this.failure !== null) throw this.failure;
  }

  /** A file is written at once, and says at once that its disk is full. */
  private tryWrite(chunk: string | Uint8Array): boolean {
    try {
      return this.stream.write(chunk);
    } catch (error) {
      throw failureOf(error as NodeJS.ErrnoException);
    }
  }
}

function failureOf(cause: NodeJS.ErrnoException): SinkError {
  const reason = cause.code === 'ENOSPC' ? 'no space is left on the device' : cause.message;
  return new SinkError('SINK_WRITE', `Standard output cannot be written: ${reason}.`, {
    hint: 'Make room where it is redirected to, or redirect it elsewhere, and run the job again.',
    cause,
  });
}
