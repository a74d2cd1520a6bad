/** A Kafka of one node on loopback, in a folder of its own. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../cli/support/command.js';

const JARS = join(ROOT, 'node_modules/.millstream/servers/kafka');
const READY = 'Kafka Server started';

/** Why no Kafka can be started here; null where one can. */
export function whyNoKafka(): string | null {
  if (!existsSync(JARS)) return 'npm run servers has not been run';
  return spawnSync('java', ['-version']).status === 0 ? null : 'java is not installed';
}

export class KafkaServer {
  #process: ChildProcessWithoutNullStreams | null = null;

  private constructor(
    private readonly folder: string,
    /** `host:port` of the broker. */
    readonly address: string,
  ) {}

  static async start(): Promise<KafkaServer> {
    const folder = mkdtempSync(join(tmpdir(), 'millstream-kafka-'));
    const [port, controller] = await freePorts(2);
    writeFileSync(join(folder, 'server.properties'), properties(folder, port!, controller!));
    const server = new KafkaServer(folder, `127.0.0.1:${port}`);
    const format = [
      'kafka.tools.StorageTool',
      'format',
      '-t',
      'MkU3OEVBNTcwNTJENDM2Qg',
      '-c',
      server.#config,
    ];
    const formatted = spawnSync('java', ['-cp', `${JARS}/*`, ...format], { encoding: 'utf8' });
    if (formatted.status !== 0) throw new Error(formatted.stderr + formatted.stdout);
    await server.resume();
    return server;
  }

  /** Starts it again with what it has kept. */
  async resume(): Promise<void> {
    const child = spawn('java', ['-Xmx384m', '-cp', `${JARS}/*`, 'kafka.Kafka', this.#config]);
    this.#process = child;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(READY)) resolve();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.on('close', () => reject(new Error(`Kafka ended:\n${output.slice(-2_000)}`)));
    });
  }

  /** Kills it; what it has acknowledged stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #config(): string {
    return join(this.folder, 'server.properties');
  }
}

function properties(folder: string, port: number, controller: number): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${folder}/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
`;
}

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map((server) => {
      server.close();
      return once(server, 'close');
    }),
  );
  return ports;
}
