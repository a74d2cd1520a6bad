/** The commands on what runs on this machine, and what dead jobs have left. */
import { type Command, Option } from 'commander';
import type { CommandContext } from './context.js';

/** Adds `ps` and `stack` to the command; `done` gets the exit code. */
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
}
