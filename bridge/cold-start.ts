/** Workers started as processes of their own, where there is no zygote: macOS and `useZygote: false`. */
import type { execa as Execa } from 'execa';
import { type PythonCommand, pythonEnvironment, startError } from './python-command.js';
import { moduleArguments } from './python-module.js';
import type { ForkRequest, ProcessExit, RawOutput, WorkerHost, WorkerProcess } from './worker-host.js';

export class ColdStart implements WorkerHost {
  readonly hasEnded = false;
  readonly #command: PythonCommand;
  readonly #running = new Set<ColdProcess>();

  constructor(command: PythonCommand) {
    this.#command = command;
  }

  async fork(request: ForkRequest, onOutput: (output: RawOutput) => void): Promise<WorkerProcess> {
    // Loaded here, because most machines never come here.
    const { execa } = await import('execa');
    const subprocess = spawn(execa, this.#command, request);
    const { pid } = subprocess;
    if (pid === undefined) {
      throw startError(this.#command.python, '', (await subprocess).cause);
    }
    for (const source of ['stdout', 'stderr'] as const) {
      subprocess[source]
        .setEncoding('utf8')
        .on('data', (text: string) => onOutput({ source, text, dropped: 0 }));
    }
    subprocess.stdin.on('error', () => undefined);
    const worker = new ColdProcess(pid, exitOf(subprocess), () => subprocess.stdin.write('go\n'));
    this.#running.add(worker);
    void worker.exited.then(() => this.#running.delete(worker));
    return worker;
  }

  own(): void {}

  guard(): void {}

  release(): void {}

  abort(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    for (const worker of running) {
      worker.signal('SIGKILL');
    }
    await Promise.all(running.map((worker) => worker.exited));
  }
}

/** The open stdin is the worker's life pipe: its end means that the core is gone. */
function spawn(execa: typeof Execa, command: PythonCommand, request: ForkRequest) {
  const asked = [JSON.stringify(request.arguments), JSON.stringify(request.rlimits)];
  return execa(command.python, moduleArguments('millstream._worker', ...asked), {
    cwd: request.workingDirectory,
    env: workerEnvironment(command, request),
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cleanup: true,
    // A process group of its own, so that its children can be signalled with it.
    detached: true,
  });
}

function workerEnvironment(command: PythonCommand, request: ForkRequest): Record<string, string | undefined> {
  const { inherited, environment } = request;
  const all = Object.entries(pythonEnvironment(command));
  const kept = inherited === null ? all : all.filter(([name]) => inherited.includes(name));
  return { ...Object.fromEntries(kept), ...environment };
}

async function exitOf(subprocess: ReturnType<typeof spawn>): Promise<ProcessExit> {
  const result = await subprocess;
  return {
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    maxRssBytes: null,
    cpuSeconds: null,
    hostLost: false,
  };
}

class ColdProcess implements WorkerProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  readonly go: () => void;
  #hasExited = false;

  constructor(pid: number, exited: Promise<ProcessExit>, go: () => void) {
    this.pid = pid;
    this.go = go;
    this.exited = exited.then((exit) => {
      this.#hasExited = true;
      return exit;
    });
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGUSR2'): void {
    if (this.#hasExited) {
      return;
    }
    try {
      // A stack dump is for the worker itself: what user code has started would end by it.
      process.kill(signal === 'SIGUSR2' ? this.pid : -this.pid, signal);
    } catch {
      // It ended in this moment.
    }
  }
}
