/** What escapes aim at: files, servers and processes outside of the workers, made for a test and removed with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer, type ListenOptions, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

const ESCAPES = new URL('../../../fixtures/isolation/escapes.py', import.meta.url).pathname;

export class Targets {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ms-esc-'));
  readonly home = join(this.#folder, 'home');
  /** Where the job is: its code, and a link to the secret. */
  readonly job = join(this.home, 'job');
  /** For the sockets of workers. */
  readonly run = join(this.#folder, 'run');
  readonly #servers: { close(): void }[] = [];
  readonly #processes: ChildProcess[] = [];
  readonly #left = [join(tmpdir(), `left-${process.pid}`), `/dev/shm/left-${process.pid}`] as const;
  #aims: Record<string, unknown> = {};
  #victim!: ChildProcess;
  #datagrams = 0;

  /** What the machine cannot show is missing from the needs that are met. */
  readonly met = new Set<string>();

  async make(): Promise<void> {
    for (const folder of [join(this.home, '.ssh'), this.job, this.run])
      mkdirSync(folder, { recursive: true });
    cpSync(ESCAPES, join(this.job, 'escapes.py'));
    const secret = join(this.#folder, 'secret');
    const key = join(this.home, '.ssh', 'key');
    for (const path of [secret, key, join(this.home, 'notes')]) writeFileSync(path, 'secret');
    symlinkSync(secret, join(this.job, 'link-to-secret'));
    const port = await this.#listen({ host: '0.0.0.0', port: 0 });
    const address = Object.values(networkInterfaces())
      .flat()
      .find((found) => found?.family === 'IPv4' && !found.internal)?.address;
    const receiver = createSocket('udp4', () => {
      this.#datagrams += 1;
    }).bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    this.#servers.push(receiver);
    const port6 = await this.#listen({ host: '::1', port: 0 }).catch(() => null);
    const abstract = `ms-escape-${process.pid}`;
    await this.#listen({ path: `\0${abstract}` });
    const socket = join(this.#folder, 'socket');
    await this.#listen({ path: socket });
    this.#victim = this.#sleep();
    this.#aims = {
      secret,
      key,
      home: this.home,
      port,
      port6,
      datagram_port: receiver.address().port,
      address: address ?? null,
      abstract,
      socket,
      listen: await freePort(),
      core: process.pid,
      victim: this.#victim.pid,
      traced: this.#sleep().pid,
      left_temporary: this.#left[0],
      left_shared: this.#left[1],
    };
    if (address !== undefined) this.met.add('address');
    if (port6 !== null) this.met.add('ipv6');
    if (process.getuid?.() === 0) this.met.add('root');
    if (/^AF_VSOCK /m.test(readFileSync('/proc/net/protocols', 'utf8'))) this.met.add('vsock');
    if (process.arch === 'x64') this.met.add('x86_64');
  }

  /** The variable that says what to aim at, with what is known of one run. */
  variable(ofRun: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ ...this.#aims, ...ofRun });
  }

  /** How attempts ended that cannot know it themselves. */
  async seenFromOutside(name: string, claimed: boolean): Promise<boolean> {
    switch (name) {
      case 'leave_a_file_in_the_temporary_folder':
        return existsSync(this.#left[0]);
      case 'leave_a_file_in_shared_memory':
        return existsSync(this.#left[1]);
      case 'send_a_datagram':
        await setImmediate();
        return claimed && this.#datagrams > 0;
      case 'be_reached_from_outside':
        return claimed && (await isReached(this.#aims.listen as number));
      default:
        return claimed;
    }
  }

  /** After a run: what was left is gone, who was killed is replaced. */
  renew(): void {
    for (const path of this.#left) rmSync(path, { force: true });
    this.#datagrams = 0;
    if (this.#victim.exitCode === null && this.#victim.signalCode === null) return;
    this.#victim = this.#sleep();
    this.#aims.victim = this.#victim.pid;
  }

  remove(): void {
    for (const server of this.#servers) server.close();
    for (const child of this.#processes) child.kill('SIGKILL');
    for (const path of [this.#folder, ...this.#left]) rmSync(path, { recursive: true, force: true });
  }

  #sleep(): ChildProcess {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    this.#processes.push(child);
    return child;
  }

  async #listen(options: ListenOptions): Promise<number> {
    const server: Server = createServer((socket) => socket.on('error', () => {}).end());
    server.listen(options);
    await once(server, 'listening');
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isReached(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
