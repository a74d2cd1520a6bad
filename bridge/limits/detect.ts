/** Finds the best way to cap workers on this machine: by trying, never by version. */
import { EnvironmentError } from '../../core/index.js';
import type { CapLevel } from '../api.js';
import { CgroupV1 } from './cgroup-v1.js';
import { CgroupV2 } from './cgroup-v2.js';
import { FileTree } from './file-tree.js';
import { SystemdScope } from './systemd-scope.js';
import { Watchdog } from './watchdog.js';
import type { CapAdapter } from './worker-cap.js';

/** What is wanted of `detectCaps`. */
export interface CapDemand {
  /** Name of a group to try with; unique. */
  readonly probe: string;
  /** This level and no other; null: the best. */
  readonly level: CapLevel | null;
  /** Refuse what the kernel does not enforce. */
  readonly requireHard: boolean;
}

/** @throws {EnvironmentError} CAP_LEVEL when the level is not available. */
export function detectCaps(demand: CapDemand, files = new FileTree()): CapAdapter {
  const { probe, level } = demand;
  const candidates: (() => CapAdapter | null)[] = [];
  if (level === null || level === 'cgroup-v2') {
    candidates.push(() => CgroupV2.detect(files, probe));
  }
  if (level === null || level === 'systemd-scope') {
    candidates.push(() => SystemdScope.detect(files, probe));
  }
  if (level === null || level === 'cgroup-v1') {
    candidates.push(() => CgroupV1.detect(files, probe));
  }
  if ((level === null || level === 'watchdog') && !demand.requireHard) {
    candidates.push(() => new Watchdog(files));
  }
  for (const candidate of candidates) {
    const adapter = candidate();
    if (adapter !== null) {
      return adapter;
    }
  }
  throw new EnvironmentError(
    'CAP_LEVEL',
    `This machine cannot enforce memory caps ${level === null ? 'by cgroups' : `at the level ${level}`}.`,
    {
      hint: demand.requireHard
        ? 'Delegate a cgroup to this user (systemd: Delegate=yes), or set resources.required to soft.'
        : 'Leave the level open: the best one is then taken.',
    },
  );
}
