/** Which levels of caps a machine can try for real. */
import type { CapLevel } from '../../../bridge/index.js';
import { detectCaps } from '../../../bridge/limits/detect.js';
import type { FileTree } from '../../../bridge/limits/file-tree.js';
import type { CapAdapter } from '../../../bridge/limits/worker-cap.js';

/** Best first. */
export const LEVELS: readonly CapLevel[] = ['cgroup-v2', 'systemd-scope', 'cgroup-v1', 'watchdog'];

/** Those of the machine that `files` shows; each is to be closed. */
export function levelsOf(files: FileTree): CapAdapter[] {
  return LEVELS.flatMap((level) => {
    const probe = `millstream-test-${process.pid}-${level}`;
    try {
      return [detectCaps({ probe, level, requireHard: false }, files)];
    } catch {
      return [];
    }
  });
}

/** @throws where `MILLSTREAM_REQUIRE_CGROUP=1` and the watchdog is all there is */
export function requireKernelLevel(
  levels: readonly CapLevel[],
  { MILLSTREAM_REQUIRE_CGROUP }: NodeJS.ProcessEnv,
): void {
  if (MILLSTREAM_REQUIRE_CGROUP !== '1' || levels.some((level) => level !== 'watchdog')) return;
  throw new Error(
    `MILLSTREAM_REQUIRE_CGROUP=1, and no level of the kernel can be tried here, only ${levels.join(', ')}: ` +
      'delegate a cgroup to this user, or unset the variable to test with what there is.',
  );
}
