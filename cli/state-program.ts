/** The commands below `millstream state`. */
import { type Command, Option } from 'commander';
import type { CommandContext } from './context.js';
import { FORMATS, type FormatName } from './format/formats.js';

const STATE_HELP = `
PATH is a checkpoint or savepoint, or a folder with such, of which the newest is taken. A key is the JSON list of its
values.

Examples:
  millstream state ls checkpoints
  millstream state get savepoints stream-5 groups '["de",42]'
  millstream state export savepoints/savepoint-3f2a91-0c1d --format arrow > state.arrow`;

interface Flags {
  readonly format: FormatName;
}

/** Adds `state` to the command; `done` gets the exit code. */
export function addState(parent: Command, context: CommandContext, done: (exitCode: number) => void): void {
  const commands = () => import('./commands/state.js');
  const state = parent
    .command('state')
    .helpCommand(false)
    .description('what lies in a checkpoint or savepoint: ls, get, export')
    .addHelpText('after', STATE_HELP);
  state
    .command('ls')
    .description('list the states of the stages, with their entries and bytes')
    .argument('<path>', 'checkpoint or savepoint')
    .addOption(formatOption('table'))
    .action(async (path: string, { format }: Flags) =>
      done(await (await commands()).printStates(path, format, context)),
    );
  state
    .command('get')
    .description('print the entries of one state')
    .argument('<path>', 'checkpoint or savepoint')
    .argument('<stage>', 'as `ls` names it')
    .argument('<state>', 'as `ls` names it')
    .argument('[key]', 'one key alone')
    .addOption(formatOption('table'))
    .action(async (path: string, stage: string, name: string, key: string | undefined, { format }: Flags) =>
      done(
        await (await commands()).printEntries(
          path,
          { stage, state: name, key: key ?? null },
          format,
          context,
        ),
      ),
    );
  state
    .command('export')
    .description('write all entries to standard output')
    .argument('<path>', 'checkpoint or savepoint')
    .option('--stage <stage>', 'of one stage alone')
    .addOption(formatOption('jsonl'))
    .action(async (path: string, { format, stage }: Flags & { readonly stage?: string }) =>
      done(
        await (await commands()).printEntries(
          path,
          { stage: stage ?? null, state: null, key: null },
          format,
          context,
        ),
      ),
    );
}

function formatOption(fallback: FormatName): Option {
  return new Option('--format <format>', 'form of the rows').choices([...FORMATS]).default(fallback);
}
