/** A command context over memory and a session that answers with given results. */
import { PassThrough } from 'node:stream';
import type { CommandContext } from '../../../cli/context.js';
import { StreamOutput } from '../../../cli/output.js';
import type { FunctionDeclaration } from '../../../core/index.js';
import type {
  JobSession,
  PortabilityResult,
  SessionOptions,
  StatementResult,
  WrongStatement,
} from '../../../operators/index.js';

export interface FakeSession {
  readonly context: CommandContext;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Scripts given to `execute` and `explain`. */
  readonly scripts: string[];
  /** Options of the last session opened. */
  options: SessionOptions | null;
  closed: number;
}

export interface FakeAnswers {
  readonly portability?: readonly (PortabilityResult | WrongStatement)[];
  readonly results?: readonly StatementResult[];
  readonly declaration?: FunctionDeclaration;
  /** Called before each script's results. */
  readonly whileRunning?: (options: SessionOptions) => void;
}

export function fakeSession({
  results = [],
  portability = [],
  declaration,
  whileRunning,
}: FakeAnswers): FakeSession {
  const stdout = collector();
  const stderr = collector();
  const fake: FakeSession = {
    context: {
      stdout: new StreamOutput(stdout.stream),
      terminalColumns: null,
      stderr: stderr.stream as unknown as NodeJS.WriteStream,
      signal: new AbortController().signal,
      onTerminate: () => () => {},
      onInterrupt: () => () => {},
      onNotice: () => () => {},
      openSession: async (options) => {
        fake.options = options;
        return session(options);
      },
    },
    stdout: stdout.text,
    stderr: stderr.text,
    scripts: [],
    options: null,
    closed: 0,
  };
  const session = (options: SessionOptions): JobSession => {
    async function* answer(sql: string): AsyncGenerator<StatementResult> {
      fake.scripts.push(sql);
      whileRunning?.(options);
      yield* results;
    }
    return {
      execute: answer,
      explain: answer,
      check: answer,
      portability: async function* () {
        yield* portability;
      },
      declaration: async () => {
        if (declaration === undefined) throw new Error('no declaration was expected');
        return declaration;
      },
      stop: () => null,
      drain: () => {},
      close: async () => {
        fake.closed += 1;
      },
    };
  };
  return fake;
}

function collector(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream, text: () => text };
}
