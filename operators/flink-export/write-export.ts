/** Writes an export to disk: into a folder of its own, or not at all. */
import { cp, mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigurationError } from '../../core/index.js';
import { driverText } from './driver-text.js';
import type { ExportPlan } from './export-plan.js';
import { readmeText } from './readme-text.js';

/**
 * Writes all files beside the folder and then renames; the folder must be empty or not there.
 * @param millstream folder of the Python package, copied where functions are declared with it
 * @returns the absolute path
 * @throws {ConfigurationError} EXPORT_EXISTS
 */
export async function writeExport(
  plan: ExportPlan,
  sql: string,
  folder: string,
  millstream: string,
): Promise<string> {
  const target = resolve(folder);
  await refuseFull(target);
  await mkdir(dirname(target), { recursive: true });
  const made = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    await mkdir(join(made, 'python'));
    for (const [name, from] of plan.files.copies) await copy(from, join(made, name));
    if (plan.files.needsMillstream) await copy(millstream, join(made, 'python', 'millstream'));
    await writeFile(join(made, 'job.sql'), sql);
    await writeFile(join(made, 'driver.py'), driverText(plan));
    await writeFile(join(made, 'README.md'), readmeText(plan));
    await rmdir(target).catch(() => {});
    await rename(made, target);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    throw error;
  }
  return target;
}

async function refuseFull(target: string): Promise<void> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new ConfigurationError('EXPORT_EXISTS', `${target} is no folder.`, { hint: 'Name a new folder.' });
  });
  if (names.length === 0) return;
  throw new ConfigurationError('EXPORT_EXISTS', `The folder ${target} is not empty.`, {
    hint: 'Name a new folder, or remove it first.',
  });
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, filter: (path) => basename(path) !== '__pycache__' });
}
