/** The socket of a running job: that it exists shows that the job lives; to those who connect it answers questions. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { JobStatus, JobVoice, WorkerStack } from './job-status.js';
import { isDead } from './life-socket.js';

/** Answers one line of JSON to each connection that asks; the process may end while it listens. */
export class EntrySocket {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, voice: JobVoice) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.unref();
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#open.delete(socket));
      socket.once('data', (data) => {
        void answer(voice, data.toString('utf8').trim()).then((text) => socket.end(`${text}\n`));
      });
    });
  }

  static listen(path: string, voice: JobVoice): Promise<EntrySocket> {
    const server = createServer();
    server.unref();
    const entry = new EntrySocket(server, voice);
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
  return ask<JobStatus>(path, 'status', waitMs);
}

/** Where the workers of a job are in their code; null where it does not answer within `waitMs`. */
export function askStacks(path: string, waitMs: number): Promise<readonly WorkerStack[] | null> {
  return ask<readonly WorkerStack[]>(path, 'stacks', waitMs);
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

async function answer(voice: JobVoice, question: string): Promise<string> {
  // A question of another version: its asker reads it as no answer.
  if (question !== 'status' && question !== 'stacks') return 'null';
  return JSON.stringify(question === 'status' ? voice.status() : await voice.stacks());
}

function ask<Answer>(path: string, question: string, waitMs: number): Promise<Answer | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const pieces: Buffer[] = [];
    const done = () => {
      socket.destroy();
      resolve(read<Answer>(Buffer.concat(pieces).toString('utf8')));
    };
    socket.setTimeout(waitMs, done);
    socket.once('error', done);
    socket.on('data', (data) => pieces.push(data));
    socket.once('end', done);
    socket.once('connect', () => socket.write(`${question}\n`));
  });
}

function read<Answer>(text: string): Answer | null {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return null;
  }
}
