/** `millstream export`: a job as a folder that a Flink team can run. */
import { join } from 'node:path';
import type { FlinkVersion } from '../../core/index.js';
import { type ExportPlan, planExport, writeExport } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { renderError } from '../errors/render-error.js';
import { EXIT_DONE, EXIT_INVALID } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { packageRoot } from '../package-root.js';
import { asError } from './check-portable.js';
import { type ScriptOptions, withSession } from './with-session.js';

export interface ExportOptions extends ScriptOptions {
  readonly version: FlinkVersion;
  readonly folder: string;
}

/** Writes the folder and prints its path; a job that is not portable is refused with everything that stands against it. */
export async function exportJob(
  job: ScriptJob,
  options: ExportOptions,
  context: CommandContext,
): Promise<number> {
  const { folder, exitCode } = await exportTo(options.folder, job, options, context);
  if (folder !== null) await context.stdout.write(`${folder}\n`);
  return exitCode;
}

/** Where an export lies; null: it was refused, and why was told. */
export interface Exported {
  readonly folder: string | null;
  readonly exitCode: number;
}

/** Exports a job into a new folder. */
export async function exportTo(
  folder: string,
  job: ScriptJob,
  options: Omit<ExportOptions, 'folder'>,
  context: CommandContext,
): Promise<Exported> {
  const plan = await planFor('driver', job, options, context);
  if (plan === null) return { folder: null, exitCode: EXIT_INVALID };
  return { folder: await writePlan(plan, job, folder), exitCode: EXIT_DONE };
}

/** What the job needs on Flink, its notes told; null: it was refused, and why was told. */
export async function planFor(
  as: 'driver' | 'gateway',
  job: ScriptJob,
  options: Omit<ExportOptions, 'folder'>,
  context: CommandContext,
): Promise<ExportPlan | null> {
  let plan: ExportPlan | null = null;
  await withSession(job, options, context, async (session, reporter) => {
    const planned = await planExport(session, {
      name: job.source.name,
      sql: job.source.text,
      version: options.version,
      settings: options.configuration,
      workingDirectory: process.cwd(),
      jobFolder: job.folder,
      as,
    });
    if (planned.kind === 'refused') {
      for (const error of [...planned.errors, ...planned.findings.map(asError)])
        reporter.line(renderError(error, job.source, false));
      reporter.line(as === 'driver' ? 'Nothing was written.' : 'Nothing was sent.');
      return;
    }
    for (const note of planned.plan.notes) reporter.note(note);
    plan = planned.plan;
  });
  return plan;
}

/** Writes what was planned into a new folder and returns its absolute path. */
export function writePlan(plan: ExportPlan, job: ScriptJob, folder: string): Promise<string> {
  return writeExport(plan, job.source.text, folder, join(packageRoot(), 'python-udf', 'millstream'));
}
