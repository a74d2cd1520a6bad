import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  INITIAL_WORKER_STATE,
  transition,
  type WorkerEvent,
  type WorkerInstruction,
  type WorkerState,
} from '../../bridge/worker-state.js';

type EventName = WorkerEvent['type'];

/** Runs events from the start; instructions as short text. */
function run(...events: readonly (EventName | WorkerEvent)[]): { state: WorkerState; said: string[] } {
  let state = INITIAL_WORKER_STATE;
  const said: string[] = [];
  for (const event of events) {
    const next = transition(state, typeof event === 'string' ? ({ type: event } as WorkerEvent) : event);
    state = next.state;
    said.push(...next.instructions.map(brief));
  }
  return { state, said };
}

function brief(instruction: WorkerInstruction): string {
  return Object.values(instruction).join(' ');
}

const UP: readonly EventName[] = ['forked', 'placed', 'hello'];
const timeout = (timer: 'hello' | 'shutdown' | 'terminate'): WorkerEvent => ({ type: 'timeout', timer });

describe('the life of a worker', () => {
  it('is placed under its cap before it may run, and welcomed after its hello', () => {
    const { state, said } = run(...UP);

    expect(said).toEqual(['place', 'go', 'start-timer hello', 'cancel-timer hello', 'welcome']);
    expect(state).toEqual({ phase: 'ready', cause: null, running: true });
  });

  it('ends as stopped when it shuts down as asked', () => {
    const { state, said } = run(...UP, 'stop-requested', 'exited');

    expect(said.slice(5)).toEqual([
      'shut-down',
      'start-timer shutdown',
      'cancel-timer shutdown',
      'cancel-timer terminate',
      'finish',
    ]);
    expect(state.phase).toBe('stopped');
  });

  it('gets SIGTERM after the first grace and SIGKILL after the second', () => {
    const { state, said } = run(...UP, 'stop-requested', timeout('shutdown'), timeout('terminate'), 'exited');

    expect(said.filter((text) => text.startsWith('signal'))).toEqual(['signal SIGTERM', 'signal SIGKILL']);
    expect(state).toEqual({ phase: 'stopped', cause: 'stop', running: false });
  });

  it('gets SIGTERM at once when it is terminated, and SIGKILL after the grace', () => {
    const { state, said } = run(...UP, 'terminate-requested', timeout('terminate'), 'exited');

    expect(said.slice(5)).toEqual(['signal SIGTERM', 'start-timer terminate', 'signal SIGKILL', 'finish']);
    expect(state).toEqual({ phase: 'dead', cause: 'kill', running: false });
    expect(run('forked', 'terminate-requested').said).toEqual(['place']);
  });

  it('is killed when it does not say hello in time', () => {
    const { state, said } = run('forked', 'placed', timeout('hello'), 'exited');

    expect(said).toContain('signal SIGKILL');
    expect(state).toEqual({ phase: 'dead', cause: 'hello-timeout', running: false });
  });

  it('dies of itself without a cause', () => {
    expect(run(...UP, 'exited').state).toEqual({ phase: 'dead', cause: null, running: false });
  });

  it('is dead at once when it cannot be forked', () => {
    const { state, said } = run('fork-failed');

    expect(said).toEqual(['finish']);
    expect(state.phase).toBe('dead');
  });

  it('never runs when it cannot be placed under its cap', () => {
    const { state, said } = run('forked', 'placing-failed', 'exited');

    expect(said).toEqual(['place', 'signal SIGKILL', 'finish']);
    expect(state.cause).toBe('placing-failed');
  });

  it('is killed as soon as it exists when it was stopped before', () => {
    const { state, said } = run('stop-requested', 'forked', 'exited');

    expect(said).toEqual(['signal SIGKILL', 'finish']);
    expect(state.phase).toBe('stopped');
  });

  it('is killed whole when one of its processes exceeded the memory', () => {
    const { state, said } = run(...UP, 'memory-exceeded', 'exited');

    expect(said.slice(5)).toEqual(['signal SIGKILL', 'finish']);
    expect(state).toEqual({ phase: 'dead', cause: 'memory', running: false });
  });

  it('keeps its first cause', () => {
    expect(run(...UP, 'refused', 'kill-requested', 'stop-requested', 'exited').state.cause).toBe('refused');
  });

  it('ignores an event that comes twice or too late', () => {
    const ended = run(...UP, 'exited').state;

    for (const event of ALL_EVENTS) {
      expect(transition(ended, event)).toEqual({ state: ended, instructions: [] });
    }
    expect(run(...UP, 'hello', 'forked', 'placed').said).toEqual(run(...UP).said);
  });
});

const ALL_EVENTS: readonly WorkerEvent[] = [
  ...(['forked', 'fork-failed', 'placed', 'placing-failed', 'hello', 'refused'] as const).map((type) => ({
    type,
  })),
  ...(['exited', 'stop-requested', 'terminate-requested', 'kill-requested', 'memory-exceeded'] as const).map(
    (type) => ({ type }),
  ),
  timeout('hello'),
  timeout('shutdown'),
  timeout('terminate'),
];

describe('any order of events', () => {
  const orders = fc.array(fc.constantFrom(...ALL_EVENTS), { maxLength: 25 });

  it('finishes at most once, and never signals a process that does not exist', () => {
    fc.assert(
      fc.property(orders, (events) => {
        let state = INITIAL_WORKER_STATE;
        let finishes = 0;
        for (const event of events) {
          const next = transition(state, event);
          for (const instruction of next.instructions) {
            finishes += Number(instruction.type === 'finish');
            if (instruction.type === 'signal') {
              expect(next.state.running).toBe(true);
            }
          }
          state = next.state;
        }
        expect(finishes).toBe(Number(state.phase === 'stopped' || state.phase === 'dead'));
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });

  it('leaves no timer running at the end', () => {
    fc.assert(
      fc.property(orders, (events) => {
        let state = INITIAL_WORKER_STATE;
        const running = new Set<string>();
        for (const event of events) {
          // A timer that fires has ended, and none fires that does not run.
          if (event.type === 'timeout' && !running.delete(event.timer)) {
            continue;
          }
          const next = transition(state, event);
          state = next.state;
          for (const instruction of next.instructions) {
            if (instruction.type === 'start-timer') running.add(instruction.timer);
            if (instruction.type === 'cancel-timer') running.delete(instruction.timer);
          }
        }
        if (state.phase === 'stopped' || state.phase === 'dead') {
          expect(running).toEqual(new Set());
        }
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  it('ends once the process has been killed and reported, whatever came before', () => {
    fc.assert(
      fc.property(orders, (events) => {
        let state = INITIAL_WORKER_STATE;
        for (const event of [...events, { type: 'kill-requested' } as const]) {
          state = transition(state, event).state;
        }
        if (!state.running && state.phase === 'ending') {
          state = transition(state, { type: 'forked' }).state;
        }
        state = transition(state, { type: 'exited' }).state;

        expect(['stopped', 'dead']).toContain(state.phase);
      }),
      { seed: 5, numRuns: 2_000 },
    );
  });
});
