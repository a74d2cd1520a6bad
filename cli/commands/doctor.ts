/** `millstream doctor`: is this machine ready, and what will be in force. */
import { findLeftovers, runningJobs, runtimeFolder } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import type { Finding } from '../doctor/finding.js';
import { checkIsolation } from '../doctor/isolation.js';
import { checkLeftovers } from '../doctor/leftovers.js';
import { checkNode, checkPlatform, checkSharedMemory } from '../doctor/machine.js';
import { checkMemory } from '../doctor/memory.js';
import { checkPython } from '../doctor/python.js';
import { checkRoundTrip } from '../doctor/round-trip.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import { packageVersion } from '../package-root.js';

/** Prints one line for each check, on standard output; exit code 1 where one found a problem. */
export async function doctor(context: CommandContext): Promise<number> {
  await context.stdout.write(`Millstream ${packageVersion()}\n`);
  const findings = [
    checkPlatform(process.platform, process.arch),
    checkNode(process.versions.node),
    ...checkMemory(await runningJobs()),
    checkSharedMemory(),
    ...(await checkPython()),
    ...(await checkIsolation()),
    checkLeftovers(await findLeftovers(runtimeFolder())),
  ];
  for (const finding of findings) await context.stdout.write(renderFinding(finding));
  if (findings.some(isProblem)) return EXIT_FAILED;
  const trip = await checkRoundTrip(context.openSession, context.signal);
  for (const finding of trip) await context.stdout.write(renderFinding(finding));
  return trip.some(isProblem) ? EXIT_FAILED : EXIT_DONE;
}

/** One line, and one more for what to do. */
export function renderFinding({ check, status, text, hint }: Finding): string {
  const marks = { ok: 'ok', warning: 'note', problem: 'FAIL' } as const;
  const line = `${marks[status].padEnd(5)}${check.padEnd(14)}${text}\n`;
  return hint === null ? line : `${line}${' '.repeat(19)}${hint}\n`;
}

function isProblem({ status }: Finding): boolean {
  return status === 'problem';
}
