/** The way between the debugger in a worker and this terminal: a socket that one worker at a time connects to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface DebugTerminalOptions {
  readonly input: Readable;
  /** What the debugger says; standard output is for results. */
  readonly output: NodeJS.WritableStream;
  /** True while a debugger is at the terminal. */
  readonly onActive: (active: boolean) => void;
}

export class DebugTerminal {
  #wasUsed = false;

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    private readonly options: DebugTerminalOptions,
  ) {}

  /** Listens in a private folder. */
  static async open(options: DebugTerminalOptions): Promise<DebugTerminal> {
    const folder = mkdtempSync(join(tmpdir(), 'millstream-debug-'));
    const server = createServer();
    const terminal = new DebugTerminal(folder, server, options);
    server.on('connection', (connection) => terminal.#connect(connection));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(terminal.path, resolve);
    });
    return terminal;
  }

  get path(): string {
    return join(this.folder, 'debugger');
  }

  /** False: no debugger has been here. */
  get wasUsed(): boolean {
    return this.#wasUsed;
  }

  close(): void {
    this.options.input.unpipe();
    this.options.input.destroy();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #connect(connection: Socket): void {
    const { input, output, onActive } = this.options;
    this.#wasUsed = true;
    onActive(true);
    connection.pipe(output, { end: false });
    input.pipe(connection);
    const left = () => {
      input.unpipe(connection);
      onActive(false);
    };
    // A worker that ends in the debugger resets the connection.
    connection.on('error', left);
    connection.on('close', left);
  }
}
