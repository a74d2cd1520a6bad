#!/usr/bin/env node
/** `npm run servers`: what tests of connectors need of Kafka (Java and Maven) and PostgreSQL (Debian's packages); without it they are skipped. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';
import { probe, runQuietly } from './support/commands.mjs';
import { runMain, say } from './support/console.mjs';

const FOLDER = join(ROOT, 'node_modules/.millstream/servers');
const POSTGRES = '/usr/lib/postgresql';

await runMain(async () => {
  await kafka();
  await postgres();
  return 0;
});

async function kafka() {
  const folder = join(FOLDER, 'kafka');
  if (existsSync(folder)) return say('Kafka: there already');
  for (const tool of ['java', 'mvn']) {
    if (probe(tool, ['--version']) === null) return say(`Kafka: ${tool} is not on this machine`);
  }
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const pom = join(ROOT, 'scripts/kafka.pom.xml');
  await runQuietly(
    'mvn',
    ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`],
    { cwd: ROOT, env: {}, hint: 'Check the network; the tests of Kafka are skipped without it.' },
  );
  renameSync(partial, folder);
  say('Kafka: made');
}

async function postgres() {
  if (existsSync(POSTGRES) && readdirSync(POSTGRES).length > 0) return say('PostgreSQL: there already');
  if (process.getuid?.() !== 0 || probe('apt-get', ['--version']) === null) {
    return say('PostgreSQL: its packages cannot be installed by this user');
  }
  await runQuietly('apt-get', ['install', '-y', '-qq', 'postgresql'], {
    cwd: ROOT,
    env: {},
    hint: 'Run apt-get update, or install postgresql by hand.',
  });
  say('PostgreSQL: made');
}
