/** The socket of a running job: that it exists shows that the job lives; to those who connect it says how far it is. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a job says of itself while it runs. */
export interface JobStatus {
  readonly state: 'waiting' | 'idle' | 'running';
  /** Rows read by the statement that runs; null where none does. */
  readonly rows: number | null;
}

/** Answers one line of JSON to each connection that asks; the process may end while it listens. */
export class EntrySocket {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, status: () => JobStatus) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.unref();
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#open.delete(socket));
      socket.once('data', () => socket.end(`${JSON.stringify(status())}\n`));
    });
  }

  static listen(path: string, status: () => JobStatus): Promise<EntrySocket> {
    const server = createServer();
    server.unref();
    const entry = new EntrySocket(server, status);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve(entry));
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }
}

/** What a job says of itself; null where it does not answer within `waitMs`. */
export function askStatus(path: string, waitMs: number): Promise<JobStatus | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    const done = () => {
      socket.destroy();
      resolve(readStatus(text));
    };
    socket.setTimeout(waitMs, done);
    socket.once('error', done);
    socket.on('data', (data) => {
      text += data.toString('utf8');
    });
    socket.once('end', done);
    socket.once('connect', () => socket.write('status\n'));
  });
}

/** Resolves when the job at the other end has died or given up its entry. */
export function whenGone(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let mayLive = false;
    socket.resume();
    socket.on('error', (error) => {
      mayLive = !isDead(error);
    });
    socket.once('close', () => {
      if (!mayLive) resolve();
    });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}

/** Whether that error of a connection says that nobody listens any more. Others say that nobody has time now. */
export function isDead(error: Error): boolean {
  return 'code' in error && ['ECONNREFUSED', 'ENOENT', 'ECONNRESET'].includes(String(error.code));
}

function readStatus(text: string): JobStatus | null {
  try {
    return JSON.parse(text) as JobStatus;
  } catch {
    return null;
  }
}
