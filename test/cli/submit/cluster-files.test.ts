import { describe, expect, it } from 'vitest';
import { clusterFiles } from '../../../cli/submit/cluster-files.js';
import type { ExportPlan } from '../../../operators/index.js';

const JOB = { kind: 'script', source: { name: 'job.sql', text: '' }, folder: null, mode: null } as const;
const GATEWAY = 'http://gateway:8083';

function planWith(copies: ReadonlyMap<string, string>): ExportPlan {
  const files = { copies, zips: [], requirements: null, archives: [], needsMillstream: false };
  return { name: 'job.sql', version: '2.3', mode: 'batch', statements: [], settings: {}, files, notes: [] };
}

describe('the Python files of a job on a cluster', () => {
  const plan = planWith(new Map([['python/functions.py', '/functions.py']]));

  it('are refused where the gateway is elsewhere and no place is named', async () => {
    await expect(clusterFiles(plan, JOB, GATEWAY, null)).rejects.toMatchObject({
      code: 'FLINK_FILES',
      message: expect.stringContaining('python/functions.py'),
    });
  });

  it('are where the URL of an export says', async () => {
    const { place } = await clusterFiles(plan, JOB, GATEWAY, 's3://jobs/one/');
    expect(place).toBe('s3://jobs/one');
  });

  it('need no place where there are none', async () => {
    const { place } = await clusterFiles(planWith(new Map()), JOB, GATEWAY, null);
    expect(place).toBeNull();
  });
});
