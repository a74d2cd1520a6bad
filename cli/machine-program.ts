/** The commands on what runs on this machine, and what dead jobs have left. */
import { type Command, Option } from 'commander';
import type { CleanOptions } from '../operators/index.js';
import type { CommandContext } from './context.js';

/** Adds `ps`, `stack`, `stop` and `clean` to the command; `done` gets the exit code. */
export function addMachine(parent: Command, context: CommandContext, done: (exitCode: number) => void): void {
  parent
    .command('ps')
    .description('list your running jobs: state, rows, memory, and what each waits for')
    .addOption(
      new Option('--format <format>', 'a table, or an object a line')
        .choices(['table', 'jsonl'])
        .default('table'),
    )
    .action(async ({ format }: { readonly format: 'table' | 'jsonl' }) => {
      const { listJobs } = await import('./commands/ps.js');
      done(await listJobs(format, context));
    });
  parent
    .command('stack')
    .description('print where the workers of a running job are in their Python code')
    .argument(
      '<job>',
      'its id or the beginning of it, its name, its process id, or that of one of its workers',
    )
    .action(async (target: string) => {
      const { printStacks } = await import('./commands/stack.js');
      done(await printStacks(target, context));
    });
  parent
    .command('stop')
    .description('end a running streaming job by a savepoint, which another run can go on from')
    .argument('<job>', 'its id or the beginning of it, its name, or its process id')
    .option(
      '--savepoint <folder>',
      'the folder for it; by default execution.checkpointing.savepoint-dir of the job',
    )
    .action(async (target: string, { savepoint }: { readonly savepoint?: string }) => {
      const { stopRunning } = await import('./commands/stop.js');
      done(await stopRunning(target, savepoint ?? null, context));
    });
  parent
    .command('clean')
    .description(
      'remove what dead jobs left (folders, shared memory, cgroups, unfinished output) and old bundles',
    )
    .option('--cache', 'also locks, unpacked archives and all saved bundles')
    .option('--environments', 'also environments of functions that no process uses')
    .option('-n, --dry-run', 'only say what would be removed')
    .action(async ({ cache = false, environments = false, dryRun = false }: Partial<CleanOptions>) => {
      const { cleanUp } = await import('./commands/clean.js');
      done(await cleanUp({ cache, environments, dryRun }, context));
    });
}
