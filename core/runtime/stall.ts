/** Tells a stalled job: nothing moved, somebody waits for room, and no operator or worker runs. Pure. */
import { InternalError } from '../errors.js';

/** What a task that has not ended does. */
export interface TaskActivity {
  readonly stage: string;
  /** An operator call or a worker is at work, so something may still happen. */
  readonly isWorking: boolean;
  readonly waits: readonly Wait[];
}

/** `room`: its output is full; `rows`: its input is empty. */
export interface Wait {
  readonly for: 'room' | 'rows';
  readonly exchange: string;
  /** The stage that could end the wait. */
  readonly stage: string;
  readonly usedBytes: number;
  readonly capacityBytes: number;
}

/** The error for a stall that lasted `stalledMs`, with the cycle of waits; null where the job is not stalled. */
export function detectStall(tasks: readonly TaskActivity[], stalledMs: number): InternalError | null {
  if (tasks.some((task) => task.isWorking)) return null;
  if (!tasks.some((task) => task.waits.some((wait) => wait.for === 'room'))) return null;
  const cycle = findCycle(tasks) ?? tasks.flatMap((task) => task.waits.map((wait) => ({ task, wait })));
  const lines = cycle.map(({ task, wait }) => `  ${task.stage} ${describe(wait)}`);
  return new InternalError(
    'JOB_STALLED',
    `Nothing moved for ${Math.round(stalledMs / 1000)} s and nothing runs. The stages wait for each other:\n${lines.join('\n')}`,
    { hint: 'The plan streams where it should spill; please report it with the job that shows it.' },
  );
}

interface Step {
  readonly task: TaskActivity;
  readonly wait: Wait;
}

/** Depth-first search along the waits, from each task. */
function findCycle(tasks: readonly TaskActivity[]): Step[] | null {
  const byStage = new Map(tasks.map((task) => [task.stage, task]));
  const dead = new Set<string>();
  const search = (task: TaskActivity, path: readonly Step[]): Step[] | null => {
    const from = path.findIndex((step) => step.task === task);
    if (from >= 0) return path.slice(from);
    if (dead.has(task.stage)) return null;
    for (const wait of task.waits) {
      const next = byStage.get(wait.stage);
      const cycle = next === undefined ? null : search(next, [...path, { task, wait }]);
      if (cycle !== null) return cycle;
    }
    dead.add(task.stage);
    return null;
  };
  for (const task of tasks) {
    const cycle = search(task, []);
    // An edge has two ends: its producer waiting for room and its consumer for rows is no deadlock, only a moment.
    if (cycle !== null && new Set(cycle.map((step) => step.wait.exchange)).size > 1) return cycle;
  }
  return null;
}

function describe(wait: Wait): string {
  return wait.for === 'rows'
    ? `waits for rows on ${wait.exchange} from ${wait.stage}`
    : `waits for room on ${wait.exchange} (${wait.usedBytes} of ${wait.capacityBytes} bytes), read by ${wait.stage}`;
}
