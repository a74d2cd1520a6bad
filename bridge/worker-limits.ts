/** Limits of a worker beside memory and cores: what they are, and as what the system knows them. */

export interface ProcessLimits {
  /** Processes and threads; null: no limit. Enforced where the kernel counts them (the pids cgroup). */
  readonly processes: number | null;
  /** Open files of each process; null: as the core. */
  readonly openFiles: number | null;
  /** Bytes of each file that is written; null: no limit. */
  readonly fileBytes: number | null;
}

/** Limits of resources by name, as the forked process sets them. No worker writes a dump of its memory. */
export function rlimits({ openFiles, fileBytes }: ProcessLimits): Readonly<Record<string, number>> {
  return {
    CORE: 0,
    ...(openFiles === null ? {} : { NOFILE: openFiles }),
    ...(fileBytes === null ? {} : { FSIZE: fileBytes }),
  };
}
