/** The commands below `millstream env`. */
import type { Command } from 'commander';
import type { CommandContext } from './context.js';

const ENV_HELP = `
FILE is a Python file (its # /// script block, and packages and python of its functions), a requirements file, each
with #wheels behind it to take packages from the folder wheels alone.

Examples:
  millstream env build functions.py
  millstream env lock requirements.txt
  millstream env list
  millstream env clean 3f2a`;

/** Adds `env` to the command; `done` gets the exit code. */
export function addEnv(parent: Command, context: CommandContext, done: (exitCode: number) => void): void {
  const commands = () => import('./commands/env.js');
  const env = parent
    .command('env')
    .helpCommand(false)
    .description('environments of functions: build, lock, list, show, clean')
    .addHelpText('after', ENV_HELP);
  env
    .command('build')
    .description('build the environments that a file asks for')
    .argument('<file>', 'Python file or requirements file')
    .action(async (file: string) => done(await (await commands()).buildEnvironments(file, context)));
  env
    .command('lock')
    .description('write exact versions and hashes to FILE.lock, which jobs then use')
    .argument('<file>', 'Python file or requirements file')
    .action(async (file: string) => done(await (await commands()).lockEnvironments(file, context)));
  env
    .command('list')
    .description('list what has been built')
    .action(async () => done(await (await commands()).listEnvironments(context)));
  env
    .command('show')
    .description('print Python, requirements and packages of one')
    .argument('<key>', 'its key, or the beginning of it')
    .action(async (key: string) => done(await (await commands()).showEnvironment(key, context)));
  env
    .command('clean')
    .description('remove environments that nobody uses; without keys all of them, with their locks')
    .argument('[keys...]', 'keys, or their beginnings')
    .action(async (keys: string[]) => done(await (await commands()).cleanEnvironments(keys, context)));
}
