/** A PostgreSQL on loopback, in a folder of its own, with logical replication. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './kafka-server.js';

const INSTALLED = '/usr/lib/postgresql';

/** Why no PostgreSQL can be started here; null where one can. */
export function whyNoPostgres(): string | null {
  return binaries() === null ? 'npm run servers has not been run' : null;
}

/** The newest version's programs. */
function binaries(): string | null {
  if (!existsSync(INSTALLED)) return null;
  const versions = readdirSync(INSTALLED).filter((version) =>
    existsSync(join(INSTALLED, version, 'bin/initdb')),
  );
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(INSTALLED, newest, 'bin');
}

export class PostgresServer {
  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'millstream-postgres-'));
    const [port] = await freePorts(1);
    const server = new PostgresServer(folder, port!);
    mkdirSync(server.#data);
    if (isRoot) {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(output('id', [flag, 'postgres'])));
      for (const path of [folder, server.#data]) chownSync(path, uid!, gid!);
    }
    server.#run('initdb', ['-D', server.#data, '-U', 'tester', '--auth=trust', '--no-sync']);
    server.resume();
    return server;
  }

  /** The url of the connector jdbc. */
  get url(): string {
    return `jdbc:postgresql://127.0.0.1:${this.port}/postgres`;
  }

  resume(): void {
    const settings = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c wal_level=logical -c fsync=off`;
    this.#run('pg_ctl', ['start', '-w', '-D', this.#data, '-l', join(this.folder, 'log'), '-o', settings]);
  }

  stop(): void {
    this.#run('pg_ctl', ['stop', '-w', '-m', 'immediate', '-D', this.#data]);
  }

  /** What a script prints, a line for each row, `|` between values. */
  sql(text: string): string[] {
    const address = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'tester', 'postgres'];
    const lines = output('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', ...address, '-c', text]);
    return lines === '' ? [] : lines.split('\n');
  }

  [Symbol.dispose](): void {
    spawnSync(...asOwner(join(binaries()!, 'pg_ctl'), ['stop', '-m', 'immediate', '-D', this.#data]));
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  #run(program: string, args: readonly string[]): void {
    output(...asOwner(join(binaries()!, program), args));
  }
}

const isRoot = process.getuid?.() === 0;

/** The server refuses to run as root. */
function asOwner(program: string, args: readonly string[]): [string, string[]] {
  return isRoot
    ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]]
    : [program, [...args]];
}

function output(program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${done.stderr}${done.stdout}${done.error?.message ?? ''}`);
  return done.stdout.trimEnd();
}
