/** `millstream env …`: the environments of functions, built, locked, listed and removed. */
import {
  cacheFolder,
  type InstalledEnvironment,
  installedEnvironments,
  removeCached,
  removeEnvironment,
} from '../../bridge/index.js';
import { EnvironmentError } from '../../core/index.js';
import { buildFileEnvironments, lockFileEnvironments } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import { alignColumns } from '../progress/columns.js';

/** Builds what `file` asks for; one line for each environment. */
export async function buildEnvironments(file: string, context: CommandContext): Promise<number> {
  const built = await buildFileEnvironments(fileOptions(file, context));
  if (built.length === 0) context.stderr.write(`${file} declares no dependencies.\n`);
  for (const { key, subject, executable } of built)
    await context.stdout.write(`${key}  ${subject}  ${executable}\n`);
  return EXIT_DONE;
}

/** Writes the lock file beside `file`. */
export async function lockEnvironments(file: string, context: CommandContext): Promise<number> {
  const { path, environments } = await lockFileEnvironments(fileOptions(file, context));
  context.stderr.write(
    `${path}: ${environments} ${environments === 1 ? 'environment' : 'environments'} locked\n`,
  );
  return EXIT_DONE;
}

/** One line for each environment in the cache folder. */
export async function listEnvironments(context: CommandContext): Promise<number> {
  const found = installedEnvironments(cacheFolder());
  if (found.length === 0) {
    context.stderr.write(`No environment has been built in ${cacheFolder()}.\n`);
    return EXIT_DONE;
  }
  const rows = found.map(({ key, python, requirements, lastUsed, users }) => [
    key,
    python,
    lastUsed.toISOString().slice(0, 16).replace('T', ' '),
    users.length > 0 ? 'in use' : '',
    requirements.join(', '),
  ]);
  const header = ['key', 'Python', 'last used (UTC)', '', 'requirements'];
  await context.stdout.write(`${alignColumns([header, ...rows], 5).join('\n')}\n`);
  return EXIT_DONE;
}

/** Everything about one environment, which may be named by the beginning of its key. */
export async function showEnvironment(key: string, context: CommandContext): Promise<number> {
  const { folder, python, home, subject, requirements, packages } = find(key);
  const lines = [
    `built for     ${subject}`,
    `folder        ${folder}`,
    `Python        ${python} (${home})`,
    `requirements  ${requirements.join(', ')}`,
    'packages',
    ...Object.entries(packages).map(([name, version]) => `  ${name} ${version}`),
  ];
  await context.stdout.write(`${lines.join('\n')}\n`);
  return EXIT_DONE;
}

/** Removes the environments named, or all with their locks; those in use stay: exit code 1. */
export async function cleanEnvironments(keys: readonly string[], context: CommandContext): Promise<number> {
  const chosen = keys.length === 0 ? installedEnvironments(cacheFolder()) : keys.map(find);
  const used = chosen.filter(({ users }) => users.length > 0);
  const removed = chosen.filter(({ users }) => users.length === 0);
  for (const environment of removed) removeEnvironment(environment);
  if (keys.length === 0 && used.length === 0) removeCached(cacheFolder());
  context.stderr.write(`${removed.length} of ${chosen.length} removed\n`);
  for (const { key, users } of used)
    context.stderr.write(`${key} is in use by process ${users.join(', ')}\n`);
  return used.length === 0 ? EXIT_DONE : EXIT_FAILED;
}

function fileOptions(file: string, { stderr, signal }: CommandContext) {
  const onProgress = (text: string) => void stderr.write(`${text}\n`);
  return { file, workingDirectory: process.cwd(), onProgress, signal };
}

function find(key: string): InstalledEnvironment {
  const found = installedEnvironments(cacheFolder()).filter((environment) => environment.key.startsWith(key));
  if (found.length === 1) return found[0]!;
  const what = found.length === 0 ? 'There is no environment' : 'There are several environments';
  throw new EnvironmentError('ENV_NOT_FOUND', `${what} ${key} in ${cacheFolder()}.`, {
    hint: '`millstream env list` names them all.',
  });
}
