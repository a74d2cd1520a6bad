/** Where a gateway finds the Python files of a job. */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '../../core/index.js';
import type { ExportPlan } from '../../operators/index.js';
import { writePlan } from '../commands/export.js';
import type { ScriptJob } from '../job/job.js';
import { isOnThisMachine } from './cluster-address.js';

/** Files of one submission. */
export interface ClusterFiles {
  /** Folder or URL where the gateway reads them; null: the job has none. */
  readonly place: string | null;
  /** Removes what was written here; Flink has copies by then. */
  remove(): Promise<void>;
}

const NOTHING = { remove: async () => {} };

/**
 * Writes the files of a job as an export into a folder of their own.
 * @param filesAt a folder that the gateway sees under the same path, or the URL of an export that was put there before;
 * null: the temporary folder, for a gateway on this machine
 * @throws {ConfigurationError} FLINK_FILES
 */
export async function clusterFiles(
  plan: ExportPlan,
  job: ScriptJob,
  gateway: string,
  filesAt: string | null,
): Promise<ClusterFiles> {
  const { copies, needsMillstream } = plan.files;
  if (copies.size === 0 && !needsMillstream) return { place: null, ...NOTHING };
  if (filesAt !== null && /^[\w+.-]+:\/\//.test(filesAt))
    return { place: filesAt.replace(/\/$/, ''), ...NOTHING };
  if (filesAt === null && !isOnThisMachine(gateway)) {
    throw new ConfigurationError(
      'FLINK_FILES',
      `The job has Python files (${[...copies.keys()].join(', ')}), and the gateway at ${gateway} cannot read them from this machine.`,
      {
        hint: 'Give --files-at a folder that both see under one path, or the URL of an export that you have put where Flink reads it (s3://…, hdfs://…).',
      },
    );
  }
  const base = resolve(filesAt ?? tmpdir());
  await mkdir(base, { recursive: true });
  const folder = await mkdtemp(join(base, 'millstream-job-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    // The gateway may run as another user.
    await chmod(folder, 0o755);
    return { place: await writePlan(plan, job, join(folder, 'job')), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
