/**
 * The life of a worker as a pure function `(state, event) → (state, instructions)`. It starts no process, reads no
 * clock and decides no verdict; `worker-process.ts` carries the instructions out.
 *
 *   starting → placing → connecting → ready → draining → stopped
 *   any of them, once the worker is being killed or terminated → ending → dead or stopped
 */

export type WorkerPhase =
  | 'starting'
  | 'placing'
  | 'connecting'
  | 'ready'
  | 'draining'
  | 'ending'
  | 'stopped'
  | 'dead';

/** Why the worker ends, where the core wanted it to; null: it ended by itself. */
export type EndCause = 'stop' | 'kill' | 'hello-timeout' | 'refused' | 'placing-failed' | 'memory';

export interface WorkerState {
  readonly phase: WorkerPhase;
  readonly cause: EndCause | null;
  /** A process exists and has not been reported as exited. */
  readonly running: boolean;
}

export type WorkerTimer = 'hello' | 'shutdown' | 'terminate';

export type WorkerEvent =
  /** The process exists; it waits until it is told to go. */
  | { readonly type: 'forked' }
  | { readonly type: 'fork-failed' }
  /** It is under its limits. */
  | { readonly type: 'placed' }
  | { readonly type: 'placing-failed' }
  /** A HELLO with the right token and protocol. */
  | { readonly type: 'hello' }
  /** A HELLO with a wrong token or protocol, or a message that breaks the protocol. */
  | { readonly type: 'refused' }
  | { readonly type: 'exited' }
  | { readonly type: 'timeout'; readonly timer: WorkerTimer }
  | { readonly type: 'stop-requested' }
  /** Functions are to be closed, and the worker ends: SIGTERM, then SIGKILL. Ignored where it is not ready. */
  | { readonly type: 'terminate-requested' }
  | { readonly type: 'kill-requested' }
  /** The kernel took a process of the worker for memory, or the watchdog saw the cap reached. */
  | { readonly type: 'memory-exceeded' };

export type WorkerInstruction =
  | { readonly type: 'place' }
  | { readonly type: 'go' }
  | { readonly type: 'welcome' }
  | { readonly type: 'shut-down' }
  | { readonly type: 'signal'; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | { readonly type: 'start-timer'; readonly timer: WorkerTimer }
  | { readonly type: 'cancel-timer'; readonly timer: WorkerTimer }
  /** Gather the evidence, settle what waits, release everything. Given exactly once. */
  | { readonly type: 'finish' };

export interface Transition {
  readonly state: WorkerState;
  readonly instructions: readonly WorkerInstruction[];
}

export const INITIAL_WORKER_STATE: WorkerState = { phase: 'starting', cause: null, running: false };

/** The next state. Events that come too late, or twice, change nothing. */
export function transition(state: WorkerState, event: WorkerEvent): Transition {
  if (state.phase === 'stopped' || state.phase === 'dead') {
    return { state, instructions: [] };
  }
  switch (event.type) {
    case 'forked':
      return onForked(state);
    case 'fork-failed':
      return state.running ? stay(state) : finish(state);
    case 'placed':
      return state.phase === 'placing'
        ? to(state, 'connecting', { type: 'go' }, { type: 'start-timer', timer: 'hello' })
        : stay(state);
    case 'placing-failed':
      return state.phase === 'placing' ? end(state, 'placing-failed') : stay(state);
    case 'hello':
      return state.phase === 'connecting'
        ? to(state, 'ready', { type: 'cancel-timer', timer: 'hello' }, { type: 'welcome' })
        : stay(state);
    case 'refused':
      return end(state, 'refused');
    case 'exited':
      return state.running ? finish(state) : stay(state);
    case 'timeout':
      return onTimeout(state, event.timer);
    case 'stop-requested':
      return onStopRequested(state);
    case 'terminate-requested':
      return onTerminateRequested(state);
    case 'kill-requested':
      return end(state, 'kill');
    case 'memory-exceeded':
      return end(state, 'memory');
  }
}

function onForked(state: WorkerState): Transition {
  const running = { ...state, running: true };
  if (state.phase === 'starting') {
    return to(running, 'placing', { type: 'place' });
  }
  // It was told to end before it existed.
  return state.phase === 'ending' && !state.running
    ? { state: running, instructions: [{ type: 'signal', signal: 'SIGKILL' }] }
    : stay(state);
}

function onTimeout(state: WorkerState, timer: WorkerTimer): Transition {
  if (timer === 'hello' && state.phase === 'connecting') {
    return end(state, 'hello-timeout');
  }
  if (timer === 'shutdown' && state.phase === 'draining') {
    return {
      state,
      instructions: [
        { type: 'signal', signal: 'SIGTERM' },
        { type: 'start-timer', timer: 'terminate' },
      ],
    };
  }
  if (timer === 'terminate' && state.phase === 'draining') {
    return to(state, 'ending', { type: 'signal', signal: 'SIGKILL' });
  }
  return stay(state);
}

function onStopRequested(state: WorkerState): Transition {
  if (state.phase === 'ready') {
    return to(
      { ...state, cause: 'stop' },
      'draining',
      { type: 'shut-down' },
      { type: 'start-timer', timer: 'shutdown' },
    );
  }
  // Before HELLO there is nothing to close in the worker.
  return state.phase === 'draining' ? stay(state) : end(state, 'stop');
}

function onTerminateRequested(state: WorkerState): Transition {
  if (state.phase !== 'ready') return stay(state);
  return to(
    { ...state, cause: 'kill' },
    'draining',
    { type: 'signal', signal: 'SIGTERM' },
    { type: 'start-timer', timer: 'terminate' },
  );
}

/** Kills; the first cause stays. */
function end(state: WorkerState, cause: EndCause): Transition {
  if (state.phase === 'ending') {
    return stay(state);
  }
  const timers = TIMERS_OF[state.phase] ?? [];
  const next: WorkerState = { ...state, phase: 'ending', cause: state.cause ?? cause };
  return {
    state: next,
    instructions: [
      ...timers.map((timer): WorkerInstruction => ({ type: 'cancel-timer', timer })),
      ...(state.running ? [{ type: 'signal', signal: 'SIGKILL' } as const] : []),
    ],
  };
}

function finish(state: WorkerState): Transition {
  const timers = TIMERS_OF[state.phase] ?? [];
  return {
    state: { ...state, phase: state.cause === 'stop' ? 'stopped' : 'dead', running: false },
    instructions: [
      ...timers.map((timer): WorkerInstruction => ({ type: 'cancel-timer', timer })),
      { type: 'finish' },
    ],
  };
}

const TIMERS_OF: Partial<Record<WorkerPhase, readonly WorkerTimer[]>> = {
  connecting: ['hello'],
  draining: ['shutdown', 'terminate'],
};

function to(state: WorkerState, phase: WorkerPhase, ...instructions: WorkerInstruction[]): Transition {
  return { state: { ...state, phase }, instructions };
}

function stay(state: WorkerState): Transition {
  return { state, instructions: [] };
}
