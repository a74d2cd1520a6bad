import type { Clock, Timers } from '../ports/ports.js';
import type { RunningTask } from './running-task.js';
import { detectStall, type TaskActivity, type Wait } from './stall.js';
import type { Wiring } from './wiring.js';

/**
 * Looks at the job now and then; calls `onStall` once when nothing moved and nothing ran for `stallAfterMs`.
 * The returned function ends the watch.
 */
export function watchForStall(
  tasks: () => readonly RunningTask[],
  wiring: Wiring,
  ports: { readonly clock: Clock; readonly timers: Timers },
  stallAfterMs: number,
  onStall: (error: unknown) => void,
): () => void {
  const nowMs = () => Number(ports.clock.monotonicNs() / 1_000_000n);
  let lastMoved = -1;
  let since = nowMs();
  let cancelTimer = () => {};
  const look = () => {
    const moved = [...wiring.channels].reduce((sum, { channel }) => sum + channel.activity.moved, 0);
    const error = moved === lastMoved ? detectStall(activities(tasks(), wiring), nowMs() - since) : null;
    lastMoved = moved;
    if (error === null) since = nowMs();
    else if (nowMs() - since >= stallAfterMs) return onStall(error);
    cancelTimer = ports.timers.after(stallAfterMs / LOOKS_PER_STALL, look);
  };
  cancelTimer = ports.timers.after(stallAfterMs / LOOKS_PER_STALL, look);
  return () => cancelTimer();
}

const LOOKS_PER_STALL = 4;

function activities(tasks: readonly RunningTask[], wiring: Wiring): TaskActivity[] {
  const waits = new Map<string, Wait[]>(tasks.map((task) => [task.stageId, []]));
  for (const { exchange, channel, readers } of wiring.channels) {
    const { isFull, hungry, usedBytes, capacityBytes } = channel.activity;
    const shared = { exchange: exchange.id, usedBytes, capacityBytes };
    if (isFull) {
      for (const stage of readers) waits.get(exchange.producer)?.push({ for: 'room', stage, ...shared });
    }
    for (const reader of hungry) {
      waits.get(readers[reader]!)?.push({ for: 'rows', stage: exchange.producer, ...shared });
    }
  }
  return tasks
    .filter((task) => !task.hasEnded)
    .map((task) => {
      const own = waits.get(task.stageId)!;
      const hungryInputs = own.filter((wait) => wait.for === 'rows').length;
      return {
        stage: task.stageId,
        isWorking: task.isWorking ?? callIsPending(task, hungryInputs),
        waits: own,
      };
    });
}

/** An operator that says nothing of itself works while it is in a call that does not wait for room. */
function callIsPending(task: RunningTask, hungryInputs: number): boolean {
  const { emitting, openInputs, inputs } = task.context;
  return emitting === 0 && (inputs.length === 0 || hungryInputs < openInputs);
}
