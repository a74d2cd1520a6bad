/** A standalone Flink cluster with a SQL gateway, made of the Python package `apache-flink` and the gateway's jar. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { flinkPython } from '../oracle/flink-python.js';

export interface FlinkCluster {
  /** HOST:PORT of the SQL gateway. */
  readonly gateway: string;
  readonly jobManager: string;
  /** What its task manager has written about failures, the last lines. */
  complaints(): string;
  /** Ends its processes and removes its files. */
  close(): void;
}

const jars = fileURLToPath(new URL('../../node_modules/.millstream/servers/flink', import.meta.url));
const SECONDS_TO_START = 90;
const ENDINGS = ['SIGINT', 'SIGTERM'] as const;
const MOST_COMPLAINTS = 20;

/** Why there can be no cluster, or null. */
export function missingGateway(): string | null {
  try {
    return readdirSync(jars).length > 0 ? null : 'the jar of the SQL gateway is missing';
  } catch {
    return 'the jar of the SQL gateway is missing: `npm run servers`';
  }
}

/**
 * Starts a JobManager, a task manager and a gateway.
 * @param environment of their processes, over this one's
 */
export async function startCluster(
  environment: Readonly<Record<string, string>> = {},
): Promise<FlinkCluster> {
  const home = flinkHome();
  const folder = mkdtempSync(join(tmpdir(), 'millstream-flink-cluster-'));
  const ports = await freePorts(3);
  writeConfiguration(folder, home, ports);
  linkJars(folder, home);
  const env = {
    ...process.env,
    FLINK_CONF_DIR: join(folder, 'conf'),
    FLINK_OPT_DIR: join(folder, 'opt'),
    FLINK_LOG_DIR: folder,
    ...environment,
  };
  const children = ['jobmanager.sh', 'taskmanager.sh', 'sql-gateway.sh'].map((script) =>
    spawn(join(home, 'bin', script), ['start-foreground'], {
      env,
      cwd: folder,
      stdio: ['ignore', openSync(logOf(folder, script), 'a'), 'ignore'],
      detached: true,
    }),
  );
  const close = () => {
    for (const signal of ENDINGS) process.off(signal, leave);
    for (const child of children) kill(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const leave = () => {
    close();
    process.exit(130);
  };
  for (const signal of ENDINGS) process.once(signal, leave);
  const [, rest, gateway] = ports;
  try {
    await answers(`http://localhost:${rest}/overview`, (text) => !text.includes('"slots-total":0'));
    await answers(`http://localhost:${gateway}/info`, () => true);
  } catch (error) {
    close();
    throw error;
  }
  const complaints = () => failuresIn(readFileSync(logOf(folder, 'taskmanager.sh'), 'utf8'));
  return { gateway: `localhost:${gateway}`, jobManager: `localhost:${rest}`, complaints, close };
}

function logOf(folder: string, script: string): string {
  return join(folder, `${script}.log`);
}

/** Lines of errors, and what exceptions say, without their frames. */
function failuresIn(log: string): string {
  const lines = log
    .split('\n')
    .filter((line) => /^\S+ \S+ ERROR |^Caused by: |^\w[\w.]*(Exception|Error):/.test(line));
  return lines
    .map((line) => line.slice(0, 300))
    .slice(-MOST_COMPLAINTS)
    .join('\n');
}

function flinkHome(): string {
  const { stdout } = spawnSync(
    flinkPython,
    ['-c', 'import importlib.util; print(importlib.util.find_spec("pyflink").submodule_search_locations[0])'],
    { encoding: 'utf8' },
  );
  return stdout.trim();
}

/** The options for Java are those of the package: they name what its modules have to open. */
function writeConfiguration(folder: string, home: string, [rpc, rest, gateway]: readonly number[]): void {
  const options = /all: (--add.*)/.exec(readFileSync(join(home, 'conf/config.yaml'), 'utf8'))?.[1] ?? '';
  mkdirSync(join(folder, 'conf'));
  cpSync(join(home, 'conf/log4j-console.properties'), join(folder, 'conf/log4j-console.properties'));
  writeFileSync(
    join(folder, 'conf/config.yaml'),
    [
      `env.java.opts.all: "${options}"`,
      'jobmanager.rpc.address: localhost',
      `jobmanager.rpc.port: ${rpc}`,
      'jobmanager.memory.process.size: 1600m',
      'taskmanager.host: localhost',
      'taskmanager.memory.process.size: 3g',
      // Arrow buffers of Python functions.
      'taskmanager.memory.task.off-heap.size: 256m',
      // Batch sorts and joins ask for hundreds of buffers.
      'taskmanager.memory.network.min: 256m',
      'taskmanager.memory.network.max: 256m',
      // Each job leaves classes behind.
      'taskmanager.memory.jvm-metaspace.size: 768m',
      'heartbeat.timeout: 180000',
      'taskmanager.numberOfTaskSlots: 4',
      'parallelism.default: 1',
      'rest.address: localhost',
      `rest.port: ${rest}`,
      'sql-gateway.endpoint.rest.address: localhost',
      `sql-gateway.endpoint.rest.port: ${gateway}`,
      `python.executable: ${flinkPython}`,
      `python.client.executable: ${flinkPython}`,
      `io.tmp.dirs: ${folder}`,
      'restart-strategy.type: none',
      '',
    ].join('\n'),
  );
}

function linkJars(folder: string, home: string): void {
  const opt = join(folder, 'opt');
  mkdirSync(opt);
  for (const from of [join(home, 'opt'), jars])
    for (const name of readdirSync(from))
      if (/^flink-(python|sql-gateway).*\.jar$/.test(name)) symlinkSync(join(from, name), join(opt, name));
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function answers(url: string, isReady: (text: string) => boolean): Promise<void> {
  const end = performance.now() + SECONDS_TO_START * 1000;
  while (performance.now() < end) {
    const text = await fetch(url).then(
      (response) => response.text(),
      () => null,
    );
    if (text !== null && isReady(text)) return;
    await wait(250);
  }
  throw new Error(`${url} did not answer within ${SECONDS_TO_START} s.`);
}

/** Java, and whatever Python it has started. */
function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
