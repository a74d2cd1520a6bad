/** Which levels this machine can try for real; the others are tested against recorded file trees and exchanges. */
import { afterAll, describe, expect, it } from 'vitest';
import type { CapLevel } from '../../../bridge/index.js';
import { detectCaps } from '../../../bridge/limits/detect.js';
import type { CapAdapter } from '../../../bridge/limits/worker-cap.js';

const LEVELS: readonly CapLevel[] = ['cgroup-v2', 'systemd-scope', 'cgroup-v1', 'watchdog'];
const real = LEVELS.flatMap((level): CapAdapter[] => {
  try {
    return [detectCaps({ probe: `millstream-test-${process.pid}-${level}`, level, requireHard: false })];
  } catch {
    return [];
  }
});
afterAll(() => {
  for (const adapter of real) adapter.close();
});

describe('the levels of caps on this machine', () => {
  it('are said, and one of the kernel is there where MILLSTREAM_REQUIRE_CGROUP=1 wants it', () => {
    const levels = real.map(({ level }) => level);
    const recorded = LEVELS.filter((level) => !levels.includes(level));
    console.log(`figure: caps for real: ${levels.join(', ')}; by recorded files: ${recorded.join(', ')}`);

    expect(levels).toContain('watchdog');
    if (process.env.MILLSTREAM_REQUIRE_CGROUP === '1') expect(levels).not.toEqual(['watchdog']);
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
