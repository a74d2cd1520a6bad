/** One worker: its life, its two connections and its open stages, behind the `Worker` interface. */
import { randomBytes } from 'node:crypto';
import {
  CancelledError,
  type Clock,
  type FunctionDeclaration,
  InternalError,
  type MillstreamError,
} from '../core/index.js';
import type {
  BridgeOptions,
  CapLevel,
  FunctionStageHandle,
  Graces,
  KillReason,
  RelationalStageHandle,
  Worker,
  WorkerLog,
  WorkerSpec,
  WorkerUsage,
} from './api.js';
import { ControlSession } from './control-session.js';
import { DataSession } from './data-session.js';
import type { EndpointFolder } from './endpoint-folder.js';
import { FunctionStage } from './function-stage.js';
import type { WorkerCap } from './limits/worker-cap.js';
import {
  type ColumnSpec,
  type Heartbeat,
  type Hello,
  type LoadFunctionsResult,
  type OpenFunctionStage,
  type OpenRelationalStage,
  PROTOCOL_VERSION,
} from './protocol/messages.js';
import { RelationalStage } from './relational-stage.js';
import { dumpStack } from './stack-dump.js';
import { StuckWatch } from './stuck-watch.js';
import { type RunningWork, verdictOf } from './verdict.js';
import type { RawOutput, WorkerHost } from './worker-host.js';
import { type LifeEnd, WorkerLife } from './worker-life.js';

/** What a worker needs from its bridge. */
export interface WorkerOptions {
  readonly spec: WorkerSpec;
  /** Unique in the bridge. */
  readonly epoch: number;
  readonly host: WorkerHost;
  readonly cap: WorkerCap;
  readonly capLevel: CapLevel;
  readonly endpoints: EndpointFolder;
  readonly bridge: BridgeOptions;
  readonly graces: Graces;
  /** Processes of others killed for memory since the worker started. */
  readonly hostMemoryKills: () => number;
  /** It is gone, and its connections are closed. */
  readonly onEnd: (worker: ManagedWorker, memoryKills: number) => void;
}

const DEFAULT_WINDOW_BYTES = 32 << 20;
const DEFAULT_HEARTBEAT_MS = 1_000;

type Stage = FunctionStage | RelationalStage;

export class ManagedWorker implements Worker {
  readonly id: string;
  readonly name: string;
  readonly kind: 'function' | 'relational';
  readonly memoryBytes: number;
  readonly ended: Promise<MillstreamError | null>;
  versions: Readonly<Record<string, string>> = {};
  readonly #options: WorkerOptions;
  readonly #clock: Clock;
  readonly #token = randomBytes(16).toString('hex');
  readonly #life: WorkerLife;
  readonly #stages = new Set<Stage>();
  readonly #stageNames = new Map<string, number>();
  readonly #stuck: StuckWatch;
  readonly #stderrListeners = new Set<(text: string) => void>();
  #control!: ControlSession;
  #data!: DataSession;
  #lastHeartbeat: Heartbeat | null = null;
  #residentPeakBytes: number | null = null;
  #end: LifeEnd | null = null;
  #killReason: KillReason | null = null;
  #wasReady = false;
  #settleReady: (error: MillstreamError | null) => void = () => undefined;
  #resolveEnded: (verdict: MillstreamError | null) => void = () => undefined;

  private constructor(options: WorkerOptions) {
    const { spec } = options;
    this.#options = options;
    this.#clock = options.bridge.clock;
    this.id = `w${options.epoch}`;
    this.name = spec.name;
    this.kind = spec.kind;
    this.memoryBytes = spec.memoryBytes;
    this.#stuck = new StuckWatch(options.graces.stuckMs);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#life = new WorkerLife({
      host: options.host,
      cap: options.cap,
      request: this.#forkRequest(),
      timers: options.bridge.timers,
      graces: options.graces,
      onOutput: (output) => this.#onOutput(output),
      onWelcome: () => this.#onWelcome(),
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
    await worker.#connect();
    await new Promise<void>((resolve, reject) => {
      worker.#settleReady = (error) => (error === null ? resolve() : reject(error));
      void worker.#life.begin();
    });
    return worker;
  }

  get pid(): number {
    return this.#life.pid;
  }

  get lateFrames(): number {
    return this.#data.lateFrames;
  }

  async loadFunctions(
    paths: readonly string[],
    functions: readonly { readonly name: string; readonly target: string }[],
  ): Promise<readonly FunctionDeclaration[]> {
    const body = { kind: 'load_functions', paths, functions } as const;
    const { declarations } = await this.#control.instruct<LoadFunctionsResult>(body, 'LoadFunctionsResult');
    return declarations;
  }

  async openFunctionStage(body: Omit<OpenFunctionStage, 'kind'>): Promise<FunctionStageHandle> {
    const wireName = this.#wireName(body.stage);
    const { output } = await this.#control.instruct<{ output: readonly ColumnSpec[] }>(
      { kind: 'open_function_stage', ...body, stage: wireName },
      'OpenFunctionStageResult',
    );
    const stage: FunctionStage = new FunctionStage({
      worker: this.id,
      wireName,
      stage: body.stage,
      functions: [...new Set(body.steps.map((step) => step.function))],
      data: this.#data,
      output,
      nowNs: () => this.#clock.monotonicNs(),
      cancelInWorker: () => this.#instructIfAlive({ kind: 'cancel', stage: wireName }),
      closeInWorker: () => this.#closeStage(stage, wireName),
    });
    this.#stages.add(stage);
    return stage;
  }

  async openRelationalStage(
    body: Omit<OpenRelationalStage, 'kind'>,
    windowBytes = DEFAULT_WINDOW_BYTES,
  ): Promise<RelationalStageHandle> {
    const wireName = this.#wireName(body.stage);
    // Attached first: credit for the inputs may overtake the reply, which comes by the other connection.
    const stage: RelationalStage = new RelationalStage({
      worker: this.id,
      wireName,
      stage: body.stage,
      inputs: body.inputs.length,
      windowBytes,
      data: this.#data,
      cancelInWorker: () => this.#instructIfAlive({ kind: 'cancel', stage: wireName }),
      closeInWorker: () => this.#closeStage(stage, wireName),
    });
    this.#stages.add(stage);
    try {
      await this.#control.instruct({ kind: 'open_relational_stage', ...body, stage: wireName }, 'Empty');
    } catch (error) {
      this.#stages.delete(stage);
      stage.abandon(error);
      throw error;
    }
    stage.begin();
    return stage;
  }

  dumpStack(): Promise<string> {
    return dumpStack({
      ask: async () =>
        (await this.#control.instruct<{ text: string }>({ kind: 'dump_stack' }, 'DumpStackResult')).text,
      force: () => this.#life.signalStackDump(),
      listen: (onText) => {
        this.#stderrListeners.add(onText);
        return () => {
          this.#stderrListeners.delete(onText);
        };
      },
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

  usage(): WorkerUsage {
    const exit = this.#end?.exit ?? null;
    const peakBytes = this.#end === null ? this.#options.cap.usage().peakBytes : this.#end.peakBytes;
    const resident = Math.max(this.#residentPeakBytes ?? 0, exit?.maxRssBytes ?? 0);
    return {
      peakBytes,
      residentPeakBytes: resident === 0 ? null : resident,
      capBytes: this.memoryBytes,
      capLevel: this.#options.capLevel,
      cpuSeconds: exit?.cpuSeconds ?? null,
    };
  }

  /** Processes of this worker killed for memory so far. */
  memoryKills(): number {
    return this.#end?.memoryKills ?? this.#options.cap.memoryKills();
  }

  #forkRequest() {
    const { spec, epoch, endpoints, cap } = this.#options;
    return {
      arguments: {
        kind: spec.kind,
        worker: this.id,
        epoch,
        controlEndpoint: endpoints.endpoint(`${this.id}.c`),
        dataEndpoint: endpoints.endpoint(`${this.id}.d`),
        token: this.#token,
      },
      cgroups: cap.folders,
      environment: spec.environment,
      workingDirectory: spec.workingDirectory,
      rlimits: spec.openFiles === null ? {} : { NOFILE: spec.openFiles },
    };
  }

  async #connect(): Promise<void> {
    const { endpoints, epoch, bridge } = this.#options;
    this.#control = await ControlSession.open(this.id, endpoints.endpoint(`${this.id}.c`), {
      onHello: (hello) => this.#onHello(hello),
      onHeartbeat: (heartbeat) => this.#onHeartbeat(heartbeat),
      onLog: ({ source, level, function: name, text, dropped }) =>
        bridge.onLog({ worker: this.id, source, level, function: name, text, dropped }),
      onBroken: (error) => this.#life.refuse(error),
    });
    this.#data = await DataSession.open({
      endpoint: endpoints.endpoint(`${this.id}.d`),
      epoch,
      schemas: bridge.schemas,
      onBroken: (error) => this.#life.refuse(error),
    });
  }

  #onHello(hello: Hello): void {
    const { epoch } = this.#options;
    if (hello.token !== this.#token || hello.worker !== this.id || hello.epoch !== epoch) {
      this.#life.refuse(
        new InternalError('PROTOCOL_TOKEN', 'A process without the right token spoke as this worker.'),
      );
    } else if (hello.protocol !== PROTOCOL_VERSION) {
      const message = `The worker speaks protocol ${hello.protocol}, this core speaks ${PROTOCOL_VERSION}.`;
      this.#life.refuse(new InternalError('PROTOCOL_VERSION', message));
    } else {
      this.versions = hello.versions;
      this.#life.handle({ type: 'hello' });
    }
  }

  #onWelcome(): void {
    const { spec, bridge } = this.#options;
    this.#control.welcome({
      type: 'welcome',
      limits: {
        memoryBytes: spec.memoryBytes,
        cpus: spec.cpus,
        processes: spec.processes,
        openFiles: spec.openFiles,
      },
      heartbeatMs: bridge.heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
      logLevel: bridge.logLevel ?? 'INFO',
      timeZone: bridge.timeZone,
    });
    this.#wasReady = true;
    this.#settleReady(null);
  }

  #onShutDown(): void {
    // No answer is as good as one: the timers of the life decide.
    this.#control.instruct({ kind: 'shutdown' }, 'Empty').catch(() => undefined);
  }

  #onHeartbeat(heartbeat: Heartbeat): void {
    this.#lastHeartbeat = heartbeat;
    this.#residentPeakBytes = Math.max(this.#residentPeakBytes ?? 0, heartbeat.rssBytes);
    if (this.#stuck.observe(heartbeat.running, this.#clock.monotonicNs())) {
      void this.#reportStuck(heartbeat);
    }
  }

  async #reportStuck({ running }: Heartbeat): Promise<void> {
    const stacks = await this.dumpStack().catch(() => 'No stack: the worker ended.');
    const seconds = this.#options.graces.stuckMs / 1000;
    const name = running?.function ?? null;
    const what = name === null ? `worker ${this.id}` : `function ${name}`;
    this.#log(
      'WARNING',
      name,
      `${what} has made no progress for ${seconds} s in bundle ${running?.sequence}:\n${stacks}`,
    );
  }

  #log(level: string, name: string | null, text: string): void {
    const entry: WorkerLog = { worker: this.id, source: 'bridge', level, function: name, text, dropped: 0 };
    this.#options.bridge.onLog(entry);
  }

  #onOutput(output: RawOutput): void {
    const { source, text, dropped } = output;
    const name = this.#lastHeartbeat?.running?.function ?? null;
    this.#options.bridge.onLog({ worker: this.id, source, level: 'INFO', function: name, text, dropped });
    if (source === 'stderr') {
      for (const listener of this.#stderrListeners) {
        listener(text);
      }
    }
  }

  #onEnd(end: LifeEnd): void {
    this.#end = end;
    const verdict = verdictOf({
      worker: this.id,
      name: this.name,
      kind: this.kind,
      exit: end.exit,
      cause: end.cause,
      killReason: this.#killReason,
      wasReady: this.#wasReady,
      startProblem: end.startProblem,
      memoryKills: end.memoryKills,
      hostMemoryKills: this.#options.hostMemoryKills(),
      capBytes: this.memoryBytes,
      capLevel: this.#options.capLevel,
      peakBytes: end.peakBytes,
      running: this.#running(),
      stderrTail: end.stderrTail,
    });
    const stopped =
      verdict ?? new CancelledError('CANCELLED', `Worker ${this.id} (${this.name}) was stopped.`);
    this.#control.close(stopped);
    this.#data.close();
    for (const stage of this.#stages) {
      stage.fail(stopped);
    }
    this.#settleReady(stopped);
    this.#options.onEnd(this, end.memoryKills);
    this.#resolveEnded(verdict);
  }

  /** What ran last: from the stages, and from the heartbeat if it speaks of the same bundle. */
  #running(): RunningWork | null {
    for (const stage of this.#stages) {
      const { running } = stage;
      if (running !== null) {
        const progress = this.#lastHeartbeat?.running;
        const isSame = progress?.function != null && progress.sequence === running.bundle;
        return isSame ? { ...running, functions: [progress.function!] } : running;
      }
    }
    return null;
  }

  /** A stage that is opened again gets a new name on the wire, so that late frames cannot reach it. */
  #wireName(stage: string): string {
    const uses = this.#stageNames.get(stage) ?? 0;
    this.#stageNames.set(stage, uses + 1);
    return uses === 0 ? stage : `${stage}#${uses + 1}`;
  }

  async #closeStage(stage: Stage, wireName: string): Promise<void> {
    this.#stages.delete(stage);
    await this.#instructIfAlive({ kind: 'close_stage', stage: wireName });
  }

  /** The end of the worker ends its stages too. */
  async #instructIfAlive(body: {
    readonly kind: 'close_stage' | 'cancel';
    readonly stage: string;
  }): Promise<void> {
    try {
      await this.#control.instruct(body, 'Empty');
    } catch (error) {
      if (this.#end === null) {
        throw error;
      }
    }
  }
}
