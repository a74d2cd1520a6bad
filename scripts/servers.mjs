#!/usr/bin/env node
/**
 * `npm run servers`: what tests of connectors need of Kafka (Java and Maven) and PostgreSQL (Debian's packages), and
 * `npm run test:flink` of Flink's SQL gateway; what is not there is skipped.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';
import { probe, runQuietly } from './support/commands.mjs';
import { runMain, say } from './support/console.mjs';

const FOLDER = join(ROOT, 'node_modules/.millstream/servers');
const POSTGRES = '/usr/lib/postgresql';

await runMain(async () => {
  await jars('Kafka', 'kafka', 'the tests of Kafka are skipped');
  await jars(
    'Flink',
    'flink',
    '`npm run test:flink` has no cluster',
    '-DincludeArtifactIds=flink-sql-gateway',
  );
  await postgres();
  return 0;
});

/** Jars of a pom into a folder of their own, whole or not at all. */
async function jars(label, name, without, ...options) {
  const folder = join(FOLDER, name);
  if (existsSync(folder)) return say(`${label}: there already`);
  for (const tool of ['java', 'mvn']) {
    if (probe(tool, ['--version']) === null) return say(`${label}: ${tool} is not on this machine`);
  }
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const pom = join(ROOT, `scripts/${name}.pom.xml`);
  await runQuietly(
    'mvn',
    ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`, ...options],
    { cwd: ROOT, env: {}, hint: `Check the network; ${without} without it.` },
  );
  renameSync(partial, folder);
  say(`${label}: made`);
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
