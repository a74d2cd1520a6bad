/** How busy the machine is beside the benchmark: ratios from a busy machine are marked, and measured again. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Cores' worth of other work above which a measurement is repeated. */
export const MOST_OTHER_LOAD = 0.3;

const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 250;
const PATIENCE_MS = 5_000;

/**
 * Starts to watch. The function returned gives what happened since: wall seconds, CPU seconds of this process and
 * everything below it, and the cores that others kept busy (null where there is no /proc).
 */
export function watchLoad() {
  const start = { ms: performance.now(), busy: busySeconds(), own: ownCpuSeconds() };
  return () => {
    const seconds = (performance.now() - start.ms) / 1000;
    const own = ownCpuSeconds() - start.own;
    const busy = busySeconds();
    const other = busy === null || start.busy === null ? null : (busy - start.busy - own) / seconds;
    return { seconds, cpuSeconds: own, otherLoad: other === null ? null : Math.max(0, other) };
  };
}

/** Waits a few seconds for the machine to be quiet; measures anyway after that. */
export async function waitUntilQuiet() {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const watch = watchLoad();
    await sleep(SAMPLE_MS);
    const { otherLoad } = watch();
    if (otherLoad === null || otherLoad <= MOST_OTHER_LOAD || performance.now() > end) return;
  }
}

/** CPU time of all processes of the machine; niced ones count too, they share caches and memory. */
function busySeconds() {
  const line = read('/proc/stat')?.split('\n', 1)[0];
  if (line === undefined) return null;
  const [user, nice, system, , , irq, softirq, steal] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** User and system time of the process tree, ended descendants included. */
export function ownCpuSeconds() {
  const children = new Map();
  const ticks = new Map();
  for (const name of readdirOrNone('/proc')) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    if (stat === undefined) continue;
    // The command's name comes in brackets and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const pid = Number(name);
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    ticks.set(
      pid,
      fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
    );
  }
  if (ticks.size === 0) return process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;
  const sum = (pid) =>
    (children.get(pid) ?? []).reduce((total, child) => total + sum(child), ticks.get(pid) ?? 0);
  return sum(process.pid) / TICKS_PER_SECOND;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readdirOrNone(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
