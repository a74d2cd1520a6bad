/** The highest resident memory of this process since a point in time, as the kernel counts it. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Starts the count anew, where the system can. */
export function resetPeakMemory() {
  try {
    // 5: forget the peak (proc(5), clear_refs).
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The peak is then that of the whole run.
  }
}

/** Bytes. */
export function peakMemory() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
