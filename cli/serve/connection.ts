/**
 * One program's session behind `millstream serve`. Requests are answered one after the other, each by frames with its
 * id, the last of them `done` or `failed`. Rows come as `arrow` frames: the pieces of one Arrow IPC stream.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelledError,
  InternalError,
  type MillstreamError,
  PlanError,
  parseScript,
  type Statement,
  typeToText,
} from '../../core/index.js';
import type { JobSummary, RowsResult, Session, StatementResult } from '../../operators/index.js';
import { logText } from '../commands/with-session.js';
import { JobError } from '../job/job-error.js';
import { readJob } from '../job/read-job.js';
import { packageVersion } from '../package-root.js';
import type { FrameWriter } from './frames.js';
import { type Request, SERVE_PROTOCOL } from './requests.js';
import { wireError } from './wire-error.js';

type Asked<Type extends Request['type']> = Extract<Request, { type: Type }>;

export class Connection {
  readonly #planned = new Map<number, RowsResult>();
  readonly #waiting = new Map<number, AbortController>();
  #last: Promise<void> = Promise.resolve();
  #session: Session | null = null;
  #folder: string | null = null;
  /** Of the request that is being answered. */
  #signal: AbortSignal;

  /** `signal` ends whatever runs. */
  constructor(
    private readonly client: FrameWriter,
    private readonly signal: AbortSignal,
  ) {
    this.#signal = signal;
  }

  /** Takes a request; it is answered after those before it. */
  accept(request: Request): void {
    if (request.type === 'cancel') {
      this.#waiting
        .get(request.request)
        ?.abort(new CancelledError('CANCELLED', 'The statement was cancelled.'));
      return;
    }
    const cancel = new AbortController();
    this.#waiting.set(request.id, cancel);
    this.#last = this.#last.then(async () => {
      this.#signal = AbortSignal.any([this.signal, cancel.signal]);
      await this.#answer(request);
      this.#waiting.delete(request.id);
    });
  }

  /** Waits for the request in hand, ends workers and removes temporary files. */
  async close(): Promise<void> {
    await this.#last;
    this.#signal = this.signal;
    await this.#session?.close();
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: Request): Promise<void> {
    const script = { sql: 'sql' in request ? request.sql : null };
    try {
      this.#signal.throwIfAborted();
      const result = await this.#perform(request, script);
      await this.client.send({ type: 'done', id: request.id, ...result });
    } catch (error) {
      await this.client
        .send({ type: 'failed', id: request.id, ...wireError(error, script.sql) })
        // Only an output that cannot be written to: there is nobody to tell.
        .catch(() => undefined);
    }
  }

  /** Fields of the `done` frame. `script.sql` is what positions in errors refer to. */
  async #perform(request: Request, script: { sql: string | null }): Promise<object> {
    switch (request.type) {
      case 'open':
        return this.#open(request);
      case 'query':
        for (const id of request.forget) this.#planned.delete(id);
        return this.#plan(request);
      case 'fetch':
        return { metrics: await this.#sendRows(request.id, this.#take(request.query)) };
      case 'execute':
        await this.#execute(request.id, request.sql);
        return {};
      case 'explain':
        return { text: await this.#explain(request.sql) };
      case 'run': {
        const job = await readJob({ job: request.file, sql: null });
        if (job.kind === 'program') throw programRefused(job.file);
        script.sql = job.source.text;
        if (job.folder !== null) this.#opened().addModuleFolder(job.folder);
        await this.#execute(request.id, job.source.text);
        return {};
      }
      case 'add_module_folder':
        this.#opened().addModuleFolder(request.folder);
        return {};
      case 'cancel':
        return {};
    }
  }

  async #open({ configuration, python, mode }: Asked<'open'>): Promise<object> {
    const { Session } = await import('../../operators/index.js');
    const signal = () => this.#signal;
    this.#folder = await mkdtemp(join(tmpdir(), 'millstream-connect-'));
    this.#session = await Session.open({
      configuration,
      workingDirectory: process.cwd(),
      jobFolder: null,
      onLog: (entry) => this.client.line('log', logText(entry)),
      onProgress: () => {},
      onNote: (text) => this.client.line('note', text),
      print: (text) => this.client.send({ type: 'print', text }),
      // The session reads it for each statement, so cancelling one leaves the session usable.
      get signal() {
        return signal();
      },
      python,
      mode,
    });
    return {
      protocol: SERVE_PROTOCOL,
      version: packageVersion(),
      node: process.versions.node,
      folder: this.#folder,
    };
  }

  /** Plans a query and keeps it under the request's id. */
  async #plan({ id, sql }: Asked<'query'>): Promise<object> {
    const statements = parseScript(sql);
    const [statement] = statements;
    if (statement === undefined || statements.length > 1 || !givesRows(statement)) {
      throw new PlanError('QUERY_EXPECTED', 'This is not one statement that gives rows.', {
        hint: 'Run other statements, and scripts, with `execute`; see a plan with `explain`.',
      });
    }
    for await (const result of this.#opened().execute(sql)) {
      if (result.kind !== 'rows') continue;
      this.#planned.set(id, result);
      return { columns: columnsOf(result), ordered: result.ordered, bounded: result.bounded };
    }
    throw new InternalError('SERVE_NO_ROWS', 'The statement gave no rows.');
  }

  #take(query: number): RowsResult {
    const rows = this.#planned.get(query);
    if (rows === undefined) throw new InternalError('SERVE_QUERY', `There is no planned query ${query}.`);
    this.#planned.delete(query);
    return rows;
  }

  async #execute(id: number, sql: string): Promise<void> {
    for await (const result of this.#opened().execute(sql)) {
      if (result.kind === 'rows') {
        await this.client.send({ type: 'outcome', id, kind: 'rows', columns: columnsOf(result) });
        await this.#sendRows(id, result);
      } else {
        await this.client.send({ type: 'outcome', id, ...outcomeOf(result) });
      }
    }
  }

  /** Gives what functions measured meanwhile. */
  async #sendRows(id: number, rows: RowsResult): Promise<JobSummary['metrics']> {
    for await (const piece of rows.arrowStream()) {
      // A cancelled job ends the stream with its error, after it has given back what it held.
      await this.client.send({ type: 'arrow', id }, piece);
    }
    return rows.summary()?.metrics ?? [];
  }

  async #explain(sql: string): Promise<string> {
    const texts: string[] = [];
    for await (const result of this.#opened().explain(sql)) {
      if (result.kind === 'explain') texts.push(result.text);
    }
    return texts.join('\n\n');
  }

  #opened(): Session {
    if (this.#session === null) throw new InternalError('SERVE_NOT_OPEN', 'The first request is `open`.');
    return this.#session;
  }
}

function givesRows({ kind, ...rest }: Statement): boolean {
  if (kind === 'set') return 'key' in rest && rest.key === null;
  return kind === 'query_statement' || kind === 'show' || kind === 'describe';
}

function columnsOf({ columns }: RowsResult): object[] {
  return columns.map(({ name, type }) => ({ name, type: typeToText(type) }));
}

function outcomeOf(result: Exclude<StatementResult, RowsResult>): object {
  switch (result.kind) {
    case 'ok':
      return { kind: 'ok', text: result.message };
    case 'explain':
      return { kind: 'explain', text: result.text };
    case 'inserted':
      return {
        kind: 'inserted',
        table: result.table,
        rows: result.rows,
        metrics: result.summary?.metrics ?? [],
      };
  }
}

function programRefused(file: string): MillstreamError {
  return new JobError('JOB_KIND', `${file} is a program, not a script`, null, {
    hint: 'Run it with `millstream run`.',
  });
}
