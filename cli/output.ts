/** Standard output for results: waits for a slow reader, and stops quietly when the reader has gone. */
import type { Writable } from 'node:stream';

/** Where formats write. */
export interface ResultOutput {
  /** True once the reader has closed its end (`| head`): whoever produces rows stops. */
  readonly isClosed: boolean;
  /** Resolves when more may be written. After the reader has gone it does nothing. */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** Wraps a stream. Its EPIPE is no error; any other one is thrown by the next `write`. */
export class StreamOutput implements ResultOutput {
  isClosed = false;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly stream: Writable) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.isClosed = true;
      if (error.code !== 'EPIPE') this.failure = error;
      this.wake?.();
    });
    stream.on('drain', () => this.wake?.());
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.failure !== null) throw this.failure;
    if (this.isClosed || this.stream.write(chunk)) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
    if (this.failure !== null) throw this.failure;
  }

  /** Resolves when everything written has left this process, or the reader has gone. */
  async flush(): Promise<void> {
    if (this.isClosed) return;
    await new Promise<void>((resolve) => {
      this.stream.write('', () => resolve());
    });
  }
}
