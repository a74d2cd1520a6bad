/** Variables that size the thread pools of native libraries. */

/** As many threads as the quota has cores, rounded up: more would only wait for each other. Without a quota: none. */
export function threadVariables(cpus: number | null): Readonly<Record<string, string>> {
  if (cpus === null) return {};
  const threads = String(Math.max(1, Math.ceil(cpus)));
  return { OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads, MKL_NUM_THREADS: threads };
}
