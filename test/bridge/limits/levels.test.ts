/** Which levels this machine can try for real; the others are tested against recorded file trees and exchanges. */
import { afterAll, describe, expect, it } from 'vitest';
import { FileTree } from '../../../bridge/limits/file-tree.js';
import { LEVELS, levelsOf, requireKernelLevel } from '../support/cap-levels.js';
import { RecordedTree } from './recorded-tree.js';

const real = levelsOf(new FileTree());
const bare = new RecordedTree({});
afterAll(() => {
  for (const adapter of real) adapter.close();
  bare.remove();
});

describe('the levels of caps on this machine', () => {
  it('are said, and one of the kernel is there where MILLSTREAM_REQUIRE_CGROUP=1 wants it', () => {
    const levels = real.map(({ level }) => level);
    const recorded = LEVELS.filter((level) => !levels.includes(level));
    console.log(`figure: caps for real: ${levels.join(', ')}; by recorded files: ${recorded.join(', ')}`);

    expect(levels).toContain('watchdog');
    requireKernelLevel(levels, process.env);
  });
});

describe('a machine without cgroups', () => {
  const levels = levelsOf(bare).map(({ level }) => level);

  it('is tested with the watchdog', () => {
    expect(levels).toEqual(['watchdog']);
    requireKernelLevel(levels, {});
  });

  it('fails the tests where MILLSTREAM_REQUIRE_CGROUP=1, with what to do', () => {
    const required = { MILLSTREAM_REQUIRE_CGROUP: '1' };

    expect(() => requireKernelLevel(levels, required)).toThrow(
      'MILLSTREAM_REQUIRE_CGROUP=1, and no level of the kernel can be tried here, only watchdog: delegate a cgroup',
    );
    expect(() => requireKernelLevel(['cgroup-v1', 'watchdog'], required)).not.toThrow();
  });
});

describe.each(
  real.filter(({ level }) => level !== 'watchdog').map((adapter) => [adapter.level, adapter] as const),
)('a group of %s', (level, adapter) => {
  it('takes every limit, each read back', () => {
    const limits = { memoryBytes: 64 << 20, cpus: 0.5, processes: 16 };
    const cap = adapter.create(`millstream-test-${process.pid}-${level}-all`, limits);
    try {
      expect(cap.usage()).toMatchObject({ usedBytes: expect.any(Number) });
      expect(cap.memoryKills()).toEqual({ atCap: 0, belowCap: 0 });
    } finally {
      expect(cap.remove()).toBe(true);
    }
  });
});
