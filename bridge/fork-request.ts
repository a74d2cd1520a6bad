/** What a host is asked to start for a worker. */
import { threadVariables } from './thread-variables.js';
import type { WorkerOptions } from './worker.js';
import type { ForkRequest } from './worker-host.js';
import { rlimits } from './worker-limits.js';

/** The process of worker `id`, which proves itself by `token`. */
export function forkRequest(
  { spec, epoch, endpoints, cap }: WorkerOptions,
  id: string,
  token: string,
): ForkRequest {
  return {
    arguments: {
      kind: spec.kind,
      worker: id,
      epoch,
      controlEndpoint: endpoints.endpoint(`${id}.c`),
      dataEndpoint: endpoints.endpoint(`${id}.d`),
      token: token,
    },
    cgroups: cap.folders,
    inherited: spec.inherited,
    environment: { ...threadVariables(spec.cpus), ...spec.environment },
    workingDirectory: spec.workingDirectory,
    rlimits: rlimits(spec),
  };
}
