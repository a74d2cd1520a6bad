/** One worker behind the `Worker` interface: its life, its two connections, its stages and its log, put together. */
import { randomBytes } from 'node:crypto';
import {
  type AnalysisRequest,
  CancelledError,
  type MetricValue,
  type MillstreamError,
} from '../core/index.js';
import type {
  BridgeOptions,
  CapLevel,
  FunctionStageHandle,
  Graces,
  KillReason,
  RelationalStageHandle,
  TimeLimits,
  Worker,
  WorkerSpec,
  WorkerUsage,
} from './api.js';
import type { AnswerSpill } from './bundle-answer.js';
import { helloProblem } from './check-hello.js';
import { ControlSession } from './control-session.js';
import { DataSession } from './data-session.js';
import type { EndpointFolder } from './endpoint-folder.js';
import type { RunningWork } from './evidence.js';
import { forkRequest } from './fork-request.js';
import type { WorkerCap } from './limits/worker-cap.js';
import type {
  AnalyzeFunctionResult,
  DescribeFiles,
  DescribeFilesResult,
  Heartbeat,
  Hello,
  LoadFunctionsResult,
  OpenFunctionStage,
  OpenRelationalStage,
  Progress,
} from './protocol/messages.js';
import type { SharedMemory } from './shared-memory/shared-memory.js';
import { smallerBatches } from './smaller-batches.js';
import { dumpStack } from './stack-dump.js';
import { stuckText } from './stuck-text.js';
import { verdictOf } from './verdict.js';
import { DEFAULT_HEARTBEAT_MS, welcomeOf } from './welcome.js';
import type { WorkerHost } from './worker-host.js';
import { type LifeEnd, WorkerLife } from './worker-life.js';
import { WorkerLogger } from './worker-log.js';
import { WorkerStages } from './worker-stages.js';
import { NO_RECYCLING, WorkerWear } from './worker-wear.js';

/** What a worker needs from its bridge. */
export interface WorkerOptions {
  readonly spec: WorkerSpec;
  /** Unique in the bridge. */
  readonly epoch: number;
  readonly host: WorkerHost;
  readonly cap: WorkerCap;
  readonly capLevel: CapLevel;
  readonly endpoints: EndpointFolder;
  readonly sharedMemory: SharedMemory | null;
  readonly bridge: BridgeOptions;
  readonly graces: Graces;
  /** It is gone, and its connections are closed. */
  readonly onEnd: (worker: ManagedWorker) => void;
}

const DEFAULT_WINDOW_BYTES = 32 << 20;
/** The longest that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

export class ManagedWorker implements Worker {
  readonly id: string;
  readonly name: string;
  readonly kind: 'function' | 'relational';
  readonly memoryBytes: number;
  readonly ended: Promise<MillstreamError | null>;
  readonly #options: WorkerOptions;
  readonly #token = randomBytes(16).toString('hex');
  readonly #life: WorkerLife;
  readonly #stages: WorkerStages;
  readonly #logger: WorkerLogger;
  /** Open before the process exists. */
  #control!: ControlSession;
  #data!: DataSession;
  #hello: Hello | null = null;
  #residentPeakBytes = 0;
  #progress: Progress | null = null;
  readonly #wear: WorkerWear;
  #rowLimit: number | null = null;
  #killReason: KillReason | null = null;
  #end: LifeEnd | null = null;
  #settleReady: (error: MillstreamError | null) => void = () => undefined;
  #resolveEnded: (verdict: MillstreamError | null) => void = () => undefined;

  private constructor(options: WorkerOptions) {
    const { spec, bridge, graces } = options;
    this.#options = options;
    this.id = `w${options.epoch}`;
    this.name = spec.name;
    this.kind = spec.kind;
    this.memoryBytes = spec.memoryBytes;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#logger = new WorkerLogger(this.id, bridge.onLog);
    this.#wear = new WorkerWear(bridge.recycling ?? NO_RECYCLING, bridge.clock.nowMs());
    this.#stages = new WorkerStages({
      worker: this.id,
      clock: bridge.clock,
      timers: bridge.timers,
      stuckMs: bridge.debugging === true ? LONGEST_MS : graces.stuckMs,
      heartbeatMs: bridge.heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
      cancelMs: graces.cancelMs,
      onStuck: (work) => void this.#reportStuck(work),
      onTimeout: (work, timeoutMs, isCurrent) => void this.#killForTime(work, timeoutMs, isCurrent),
      onAnswered: (rows) => this.#wear.addRows(rows),
      onUnyielding: () => void this.kill({ kind: 'cancelled' }),
      onBroken: (error) => this.#life.refuse(error),
    });
    this.#life = new WorkerLife({
      host: options.host,
      cap: options.cap,
      request: forkRequest(options, this.id, this.#token),
      timers: bridge.timers,
      graces,
      connect: () => this.#connect(),
      onOutput: (output) => this.#logger.onOutput(output),
      onWelcome: () => this.#onWelcome(),
      onNearCap: () => this.#onNearCap(),
      onShutDown: () => this.#onShutDown(),
      onEnd: (end) => this.#onEnd(end),
    });
  }

  /** Starts a process and resolves with the worker once it has said HELLO. @throws its verdict. */
  static async start(
    options: WorkerOptions,
    onCreated: (worker: ManagedWorker) => void,
  ): Promise<ManagedWorker> {
    const worker = new ManagedWorker(options);
    onCreated(worker);
    await new Promise<void>((resolve, reject) => {
      worker.#settleReady = (error) => (error === null ? resolve() : reject(error));
      void worker.#life.begin();
    });
    return worker;
  }

  get pid(): number {
    return this.#life.pid;
  }

  get versions(): Readonly<Record<string, string>> {
    return this.#hello?.versions ?? {};
  }

  get lateFrames(): number {
    return this.#data.lateFrames;
  }

  async loadFunctions(
    paths: readonly string[],
    functions: readonly { readonly name: string; readonly target: string }[],
  ): Promise<LoadFunctionsResult> {
    const body = { kind: 'load_functions', paths, functions } as const;
    return this.#initialise(
      functions.map(({ name }) => name),
      () => this.#control.instruct<LoadFunctionsResult>(body, 'LoadFunctionsResult'),
    );
  }

  analyzeFunction(request: AnalysisRequest): Promise<AnalyzeFunctionResult> {
    const body = { kind: 'analyze_function', ...request } as const;
    return this.#initialise([request.function], () =>
      this.#control.instruct<AnalyzeFunctionResult>(body, 'AnalyzeFunctionResult'),
    );
  }

  describeFiles(request: Omit<DescribeFiles, 'kind'>): Promise<DescribeFilesResult> {
    const body = { kind: 'describe_files', ...request } as const;
    return this.#control.instruct<DescribeFilesResult>(body, 'DescribeFilesResult');
  }

  openFunctionStage(
    body: Omit<OpenFunctionStage, 'kind'>,
    limits: TimeLimits = null,
    onMetrics: (values: readonly MetricValue[]) => void = () => undefined,
    spill: AnswerSpill | null = null,
  ): Promise<FunctionStageHandle> {
    const functions = [...new Set(body.steps.map((step) => step.function))];
    const inForce = this.#options.bridge.debugging === true ? null : limits;
    return this.#initialise(functions, () => this.#stages.openFunctionStage(body, inForce, onMetrics, spill));
  }

  openRelationalStage(
    body: Omit<OpenRelationalStage, 'kind'>,
    windowBytes = DEFAULT_WINDOW_BYTES,
  ): Promise<RelationalStageHandle> {
    return this.#stages.openRelationalStage(body, windowBytes);
  }

  dumpStack(): Promise<string> {
    return dumpStack({
      ask: async () =>
        (await this.#control.instruct<{ text: string }>({ kind: 'dump_stack' }, 'DumpStackResult')).text,
      force: () => this.#life.signalStackDump(),
      listen: (onText) => this.#logger.listenToStderr(onText),
      timers: this.#options.bridge.timers,
    });
  }

  async stop(): Promise<void> {
    this.#life.handle({ type: 'stop-requested' });
    await this.ended;
  }

  async kill(reason: KillReason): Promise<void> {
    this.#killReason ??= reason;
    this.#life.handle({ type: 'kill-requested' });
    await this.ended;
  }

  /**
   * Interrupts its functions and closes them, by SIGTERM; kills it where that does not end it. Resolves when it is gone, or at
   * once where it still starts.
   */
  async terminate(reason: KillReason): Promise<void> {
    if (this.#life.phase !== 'ready') return;
    this.#killReason ??= reason;
    this.#life.handle({ type: 'terminate-requested' });
    await this.ended;
  }

  progress(): Progress | null {
    return this.#progress;
  }

  usage(): WorkerUsage {
    const exit = this.#end?.exit ?? null;
    const residentPeakBytes = Math.max(this.#residentPeakBytes, exit?.maxRssBytes ?? 0);
    const now = this.#end === null ? this.#options.cap.usage() : null;
    return {
      usedBytes: now?.usedBytes ?? null,
      peakBytes: now === null ? (this.#end?.peakBytes ?? null) : now.peakBytes,
      residentPeakBytes: residentPeakBytes === 0 ? null : residentPeakBytes,
      capBytes: this.memoryBytes,
      capLevel: this.#options.capLevel,
      cpuSeconds: exit?.cpuSeconds ?? null,
    };
  }

  /** Most rows of a bundle, after the worker came near its cap; null: any number. */
  get rowLimit(): number | null {
    return this.#rowLimit;
  }

  get openStages(): number {
    return this.#stages.open;
  }

  wear(): string | null {
    return this.#wear.reached(this.#options.bridge.clock.nowMs());
  }

  async recycle(): Promise<void> {
    const text = `worker ${this.id} is replaced by a fresh one ${this.wear() ?? ''}`;
    this.#logger.note('INFO', null, text.trim());
    await this.stop();
  }

  async #connect(): Promise<void> {
    const { endpoints, epoch, bridge, sharedMemory } = this.#options;
    this.#control = await ControlSession.open(this.id, endpoints.endpoint(`${this.id}.c`), {
      onHello: (hello) => this.#onHello(hello),
      onHeartbeat: (heartbeat) => this.#onHeartbeat(heartbeat),
      onLog: (log) => this.#logger.onLog(log),
      onMetrics: (metrics) => this.#stages.onMetrics(metrics),
      onBroken: (error) => this.#life.refuse(error),
    });
    this.#data = await DataSession.open({
      endpoint: endpoints.endpoint(`${this.id}.d`),
      epoch,
      schemas: bridge.schemas,
      sharedMemory,
      checksum: bridge.checksum ?? false,
      onBroken: (error) => this.#life.refuse(error),
    });
    this.#stages.connect(this.#control, this.#data);
  }

  #onHello(hello: Hello): void {
    const { spec, bridge, epoch } = this.#options;
    const python = spec.python?.executable ?? bridge.python;
    const problem = helloProblem(hello, { token: this.#token, worker: this.id, epoch, python });
    if (problem !== null) {
      this.#life.refuse(problem);
      return;
    }
    this.#hello = hello;
    this.#life.handle({ type: 'hello' });
  }

  #onWelcome(): void {
    this.#control.welcome(welcomeOf(this.#options.spec, this.#options.bridge));
    this.#settleReady(null);
  }

  #onNearCap(): void {
    const work = this.#stages.running;
    const smaller = smallerBatches(this.id, this.memoryBytes, work);
    if (smaller === null) return;
    this.#rowLimit = smaller.rowLimit;
    this.#logger.note('WARNING', work!.functions.join(', '), smaller.text);
  }

  #onShutDown(): void {
    // No answer is as good as one: the timers of the life decide.
    this.#control.instruct({ kind: 'shutdown' }, 'Empty').catch(() => undefined);
  }

  #onHeartbeat(heartbeat: Heartbeat): void {
    this.#residentPeakBytes = Math.max(this.#residentPeakBytes, heartbeat.rssBytes);
    this.#progress = heartbeat.running;
    this.#wear.setResident(heartbeat.rssBytes);
    this.#logger.lastFunction = heartbeat.running?.function ?? null;
    this.#stages.onHeartbeat(heartbeat);
  }

  async #reportStuck(work: RunningWork): Promise<void> {
    const stacks = await this.dumpStack().catch(() => 'No stack: the worker ended.');
    this.#logger.note(
      'WARNING',
      work.functions.join(', '),
      stuckText(work, this.#options.graces.stuckMs, stacks),
    );
  }

  async #killForTime(work: RunningWork, timeoutMs: number, isCurrent: () => boolean): Promise<void> {
    const stack = await this.dumpStack().catch(() => null);
    if (isCurrent()) {
      const name = work.functions.length === 1 ? work.functions[0]! : null;
      await this.kill({ kind: 'timeout', function: name, timeoutMs, stack });
    }
  }

  /** Runs `start`, in which user code may never end: then the worker is killed, and its verdict has the stack. */
  async #initialise<T>(functions: readonly string[], start: () => Promise<T>): Promise<T> {
    const { bridge, graces } = this.#options;
    if (bridge.debugging === true) return start();
    let isDone = false;
    const stopWaiting = bridge.timers.after(graces.initMs, async () => {
      const stack = await this.dumpStack().catch(() => null);
      if (!isDone) await this.kill({ kind: 'init', functions, timeoutMs: graces.initMs, stack });
    });
    try {
      return await start();
    } finally {
      isDone = true;
      stopWaiting();
    }
  }

  #onEnd(end: LifeEnd): void {
    this.#end = end;
    const verdict = this.#verdict(end);
    this.#logger.end(verdict?.code === 'WORKER_CRASH');
    const stopped =
      verdict ?? new CancelledError('CANCELLED', `Worker ${this.id} (${this.name}) was stopped.`);
    // Neither is there if the connections could not be opened.
    this.#control?.close(stopped);
    this.#data?.close();
    this.#stages.end(stopped);
    this.#settleReady(stopped);
    this.#options.onEnd(this);
    this.#resolveEnded(verdict);
  }

  #verdict(end: LifeEnd): MillstreamError | null {
    const { bridge, capLevel } = this.#options;
    return verdictOf({
      ...end,
      worker: this.id,
      name: this.name,
      kind: this.kind,
      python: this.#options.spec.python?.executable ?? bridge.python,
      killReason: this.#killReason,
      wasReady: this.#hello !== null,
      capBytes: this.memoryBytes,
      capLevel,
      running: this.#stages.running,
    });
  }
}
