/**
 * Carries out what the state machine says for one process: forks it, puts it under its cap, keeps its timers, watches
 * its memory, and gathers how it ended. Knows nothing of messages.
 */
import type { Timers } from '../core/index.js';
import type { Graces } from './api.js';
import type { MemoryKills, WorkerCap } from './limits/worker-cap.js';
import { TextTail } from './text-tail.js';
import type { ForkRequest, ProcessExit, RawOutput, WorkerHost, WorkerProcess } from './worker-host.js';
import {
  type EndCause,
  INITIAL_WORKER_STATE,
  transition,
  type WorkerEvent,
  type WorkerInstruction,
  type WorkerPhase,
  type WorkerTimer,
} from './worker-state.js';

/** What a life needs. */
export interface LifeOptions {
  readonly host: WorkerHost;
  readonly cap: WorkerCap;
  readonly request: ForkRequest;
  readonly timers: Timers;
  readonly graces: Graces;
  /** Opens the connections that the process will look for. */
  readonly connect: () => Promise<void>;
  readonly onOutput: (output: RawOutput) => void;
  /** The worker said HELLO: welcome it. */
  readonly onWelcome: () => void;
  /** Its memory has come near the cap, from below. */
  readonly onNearCap: () => void;
  /** Ask it to shut down. */
  readonly onShutDown: () => void;
  /** It is gone; called exactly once, as the last thing. */
  readonly onEnd: (end: LifeEnd) => void;
}

/** How a life ended. */
export interface LifeEnd {
  readonly exit: ProcessExit | null;
  readonly cause: EndCause | null;
  readonly problem: unknown;
  readonly stderrTail: string;
  readonly memoryKills: MemoryKills;
  readonly peakBytes: number | null;
}

/** Time between two looks at a worker's memory. */
const WATCH_MS = 25;

export class WorkerLife {
  readonly #options: LifeOptions;
  readonly #timers = new Map<WorkerTimer, () => void>();
  readonly #stderr = new TextTail();
  #state = INITIAL_WORKER_STATE;
  #process: WorkerProcess | null = null;
  #exit: ProcessExit | null = null;
  #problem: unknown = null;
  #isNearCap = false;
  #stopWatching: () => void = () => undefined;

  constructor(options: LifeOptions) {
    this.#options = options;
  }

  get phase(): WorkerPhase {
    return this.#state.phase;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get exit(): ProcessExit | null {
    return this.#exit;
  }

  /** Connects and makes the process. Everything after that is an event. */
  async begin(): Promise<void> {
    try {
      await this.#options.connect();
      this.#process = await this.#options.host.fork(this.#options.request, (output) =>
        this.#onOutput(output),
      );
    } catch (error) {
      this.#problem = error;
      this.handle({ type: 'fork-failed' });
      return;
    }
    void this.#process.exited.then((exit) => {
      this.#exit = exit;
      this.handle({ type: 'exited' });
    });
    this.handle({ type: 'forked' });
  }

  /** The worker broke the protocol. */
  refuse(problem: unknown): void {
    this.#problem ??= problem;
    this.handle({ type: 'refused' });
  }

  /** Asks the process to print its native stacks; ignored once it has ended. */
  signalStackDump(): void {
    if (this.#state.running) {
      this.#process?.signal('SIGUSR2');
    }
  }

  handle(event: WorkerEvent): void {
    const next = transition(this.#state, event);
    this.#state = next.state;
    for (const instruction of next.instructions) {
      this.#carryOut(instruction);
    }
  }

  #carryOut(instruction: WorkerInstruction): void {
    switch (instruction.type) {
      case 'place':
        this.#place();
        break;
      case 'go':
        this.#process?.go();
        break;
      case 'welcome':
        this.#options.onWelcome();
        break;
      case 'shut-down':
        this.#options.onShutDown();
        break;
      case 'signal':
        this.#signal(instruction.signal);
        break;
      case 'start-timer':
        this.#startTimer(instruction.timer);
        break;
      case 'cancel-timer':
        this.#timers.get(instruction.timer)?.();
        this.#timers.delete(instruction.timer);
        break;
      case 'finish':
        this.#finish();
        break;
    }
  }

  #place(): void {
    try {
      // A process that has ended already: how, its exit will say.
      if (!this.#options.cap.place(this.pid)) return;
    } catch (error) {
      this.#problem = error;
      this.handle({ type: 'placing-failed' });
      return;
    }
    this.#watch();
    this.handle({ type: 'placed' });
  }

  #watch(): void {
    this.#stopWatching = this.#options.timers.after(WATCH_MS, () => {
      if (this.#options.cap.exceeded()) {
        this.handle({ type: 'memory-exceeded' });
        return;
      }
      const isNear = this.#options.cap.isNearCap();
      if (isNear && !this.#isNearCap) this.#options.onNearCap();
      this.#isNearCap = isNear;
      this.#watch();
    });
  }

  /** The process group first, then what left it. */
  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#process?.signal(signal);
    if (signal === 'SIGKILL') {
      this.#options.cap.killAll();
    }
  }

  #startTimer(timer: WorkerTimer): void {
    const { helloMs, shutdownMs, terminateMs } = this.#options.graces;
    const delayMs = { hello: helloMs, shutdown: shutdownMs, terminate: terminateMs }[timer];
    this.#timers.set(
      timer,
      this.#options.timers.after(delayMs, () => this.handle({ type: 'timeout', timer })),
    );
  }

  #onOutput(output: RawOutput): void {
    if (output.source === 'stderr') {
      this.#stderr.append(output.text);
    }
    this.#options.onOutput(output);
  }

  #finish(): void {
    const { cap } = this.#options;
    this.#stopWatching();
    const { peakBytes } = cap.usage();
    const memoryKills = cap.memoryKills();
    cap.afterExit();
    this.#options.onEnd({
      exit: this.#exit,
      cause: this.#state.cause,
      problem: this.#problem,
      stderrTail: this.#stderr.toString(),
      memoryKills,
      peakBytes,
    });
  }
}
