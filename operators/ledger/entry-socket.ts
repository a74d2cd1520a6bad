/** The socket of a running job: that it exists shows that the job lives; to those who connect it answers questions. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { InternalError, MillstreamError } from '../../core/index.js';
import type { JobStatus, JobVoice, StopAnswer, WorkerStack } from './job-status.js';
import { isDead } from './life-socket.js';

/** Before the folder, as JSON. */
const STOP = 'stop ';

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

/**
 * Ends a job by a savepoint; null where it does not answer within `waitMs`.
 * @param savepoint the folder, absolute; null: the one of the job's settings
 */
export function askStop(path: string, savepoint: string | null, waitMs: number): Promise<StopAnswer | null> {
  return ask<StopAnswer>(path, `${STOP}${JSON.stringify(savepoint)}`, waitMs);
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
  if (question === 'status') return JSON.stringify(voice.status());
  if (question === 'stacks') return JSON.stringify(await voice.stacks());
  const savepoint = question.startsWith(STOP) ? read<string>(question.slice(STOP.length)) : undefined;
  // A question of another version: its asker reads it as no answer.
  return savepoint === undefined ? 'null' : JSON.stringify(await stopped(voice, savepoint));
}

async function stopped(voice: JobVoice, savepoint: string | null): Promise<StopAnswer> {
  try {
    return { path: await voice.stop({ savepoint }), error: null };
  } catch (error) {
    const { code, message, hint } =
      error instanceof MillstreamError ? error : new InternalError('INTERNAL', String(error));
    return { path: null, error: { code, message, hint } };
  }
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
