/** An endless job over windows of event time, Python and files, that is killed after checkpoints and goes on. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, ended, millstream, startMillstream } from '../../cli/support/command.js';

const ROWS_PER_WINDOW = 10;

const FUNCTIONS = `
from millstream import AggregateFunction, KeyedBroadcastProcessFunction, KeyedProcessFunction, MapStateDescriptor, udaf, udf, udtf

@udf
def doubled(x: int) -> int:
    return 2 * x

class Doubles(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]
    def accumulate(self, accumulator: list[int], x: int) -> None:
        accumulator[0] += 2 * x
    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]

doubles = udaf(Doubles())

class Seconds(KeyedProcessFunction):
    """Rows of a second of event time and their doubles, said by a timer at its end."""
    def open(self, context):
        self.sums = context.get_map_state(MapStateDescriptor("sums"))
    def process_element(self, row, ctx):
        end = ctx.timestamp() // 1000 * 1000 + 999
        n, total = self.sums.get(end) or (0, 0)
        self.sums.put(end, (n + 1, total + 2 * row.id))
        ctx.timer_service().register_event_time_timer(end)
    def on_timer(self, timestamp, ctx):
        yield self.sums.get(timestamp)
        self.sums.remove(timestamp)

seconds = udtf(Seconds(), result_types="ROW<n BIGINT, total BIGINT>")

class FactoredSeconds(KeyedBroadcastProcessFunction):
    """As Seconds, with the factor that a broadcast table told before the job was first killed."""
    factors = MapStateDescriptor("factors")
    def open(self, context):
        self.sums = context.get_map_state(MapStateDescriptor("sums"))
    def process_element(self, row, ctx):
        end = ctx.timestamp() // 1000 * 1000 + 999
        n, total = self.sums.get(end) or (0, 0)
        self.sums.put(end, (n + 1, total + row.id))
        ctx.timer_service().register_event_time_timer(end)
    def process_broadcast_element(self, factor, ctx):
        factors = ctx.get_broadcast_state(self.factors)
        factors.put("factor", (factors.get("factor") or 0) + factor.factor)
    def on_timer(self, timestamp, ctx):
        n, total = self.sums.get(timestamp)
        yield n, total * ctx.get_broadcast_state(self.factors).get("factor")
        self.sums.remove(timestamp)

factored_seconds = udtf(FactoredSeconds(), result_types="ROW<n BIGINT, total BIGINT>")
`;

const WINDOWS =
  "FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end";
/** The same sums by what keeps them: an operator of the core, an aggregate and a process function written in Python. */
const QUERIES = {
  'built-in aggregate': `SELECT COUNT(*), SUM(doubled(id)) ${WINDOWS}`,
  'Python aggregate': `SELECT COUNT(*), doubles(id) ${WINDOWS}`,
  'process function': 'SELECT n, total FROM seconds(TABLE events)',
  'set of inserts': `SELECT COUNT(*), SUM(doubled(id)) ${WINDOWS}`,
  'set with an end': `SELECT COUNT(*), SUM(doubled(id)) ${WINDOWS}`,
  'broadcast function':
    'SELECT n, total FROM factored_seconds(TABLE events, (SELECT * FROM (VALUES 2) AS f(factor)))',
};
export type Keeper = keyof typeof QUERIES;

const OTHER_INSERTS: Partial<Record<Keeper, string>> = {
  'set of inserts': 'INSERT INTO ids SELECT id FROM events;',
  'set with an end': 'INSERT INTO ids SELECT id FROM events LIMIT 7;',
};

function jobText(folder: string, keeper: Keeper): string {
  return `
SET 'python.files' = '${folder}/functions.py';
SET 'parallelism.default' = '1';
SET 'execution.checkpointing.interval' = '20 ms';
SET 'execution.checkpointing.dir' = '${folder}/checkpoints';
CREATE TEMPORARY FUNCTION doubled AS 'functions.doubled' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION doubles AS 'functions.doubles' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION seconds AS 'functions.seconds' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION factored_seconds AS 'functions.factored_seconds' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE events (
  id BIGINT, ts AS TO_TIMESTAMP_LTZ(id * 100, 3), WATERMARK FOR ts AS ts
) WITH ('connector' = 'datagen', 'rows-per-second' = '100',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '999999999');
CREATE TEMPORARY TABLE sums (n BIGINT, total BIGINT) WITH (
  'connector' = 'filesystem', 'path' = '${folder}/sums', 'format' = 'json');
CREATE TEMPORARY TABLE ids (id BIGINT) WITH (
  'connector' = 'filesystem', 'path' = '${folder}/ids', 'format' = 'json');
EXECUTE STATEMENT SET BEGIN
INSERT INTO sums ${QUERIES[keeper]};
${OTHER_INSERTS[keeper] ?? ''}
END;
`;
}

interface Sum {
  readonly n: number;
  readonly total: number;
}

/** What the job writes of its first `rows` rows: the last window may not be full. */
export function sumsOf(rows: number): Sum[] {
  return Array.from({ length: Math.ceil(rows / ROWS_PER_WINDOW) }, (_, window) => {
    const first = window * ROWS_PER_WINDOW;
    const n = Math.min(ROWS_PER_WINDOW, rows - first);
    return { n, total: n * (2 * first + n - 1) };
  });
}

export class CheckpointedJob {
  readonly #checkpoints: string;

  constructor(
    private readonly folder: string,
    keeper: Keeper = 'built-in aggregate',
  ) {
    this.#checkpoints = join(folder, 'checkpoints');
    mkdirSync(this.#checkpoints, { recursive: true });
    writeFileSync(join(folder, 'functions.py'), FUNCTIONS);
    writeFileSync(join(folder, 'job.sql'), jobText(folder, keeper));
  }

  /** As `runUntil`, ended by a savepoint; gives its folder. */
  async runUntilSavepoint(more: number, from: string | null = null): Promise<string> {
    let stopping: Promise<Ended> | null = null;
    const folder = join(this.folder, 'savepoints');
    const stop = (pid: number) => {
      stopping = millstream(['stop', String(pid), '--savepoint', folder]);
    };
    const { code, stderr } = await this.runUntil(more, stop, from);
    const stopped = await stopping!;
    expect([code, stopped.code, stopped.stderr], stderr).toEqual([0, 0, '']);
    return stopped.stdout.toString().trim();
  }

  /**
   * Runs it from its last checkpoint, if there is one, and ends it when `more` further checkpoints are complete.
   * @param end a signal (on SIGTERM it finishes what it has read, on SIGINT it takes a last checkpoint), or what ends it
   * @param from what it goes on from instead
   */
  async runUntil(
    more: number,
    end: 'SIGKILL' | 'SIGTERM' | 'SIGINT' | ((pid: number) => void),
    from: string | null = null,
  ): Promise<Ended> {
    const first = this.#newest();
    const options = first === 0 && from === null ? [] : ['-D', this.recovery(from)];
    const child = startMillstream(['run', join(this.folder, 'job.sql'), '--quiet', ...options]);
    const watching = setInterval(() => {
      if (this.#newest() < first + more) return;
      clearInterval(watching);
      if (typeof end === 'string') child.kill(end);
      else end(child.pid!);
    }, 5);
    try {
      return await ended(child);
    } finally {
      clearInterval(watching);
    }
  }

  /** Its next runs have this option. */
  set(key: string, value: string): void {
    const path = join(this.folder, 'job.sql');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('CREATE', `SET '${key}' = '${value}';\nCREATE`));
  }

  recovery(from: string | null = null): string {
    return `execution.state-recovery.path=${from ?? this.#checkpoints}`;
  }

  /** The rows of the files that are shown, in the order of their windows. */
  shown(): Sum[] {
    return rowsIn<Sum>(join(this.folder, 'sums')).sort((a, b) => a.total / a.n - b.total / b.n);
  }

  /** What the other insert of a set has written, in order. */
  ids(): number[] {
    return rowsIn<{ id: number }>(join(this.folder, 'ids'))
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  }

  /** Everything in the folder of the table. */
  files(): string[] {
    return namesIn(join(this.folder, 'sums'));
  }

  /** Numbers go on from run to run. */
  #newest(): number {
    const numbers = namesIn(this.#checkpoints)
      .flatMap((run) => namesIn(join(this.#checkpoints, run)))
      .filter((name) => name.startsWith('chk-'))
      .map((name) => Number(name.slice('chk-'.length)));
    return Math.max(0, ...numbers);
  }
}

function rowsIn<R>(folder: string): R[] {
  const files = namesIn(folder).filter((name) => name.startsWith('part-'));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.filter((line) => line !== '').map((line): R => JSON.parse(line));
}

function namesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}
