/** The commands, their options and help. What a command does is imported when it runs. */
import { Command, Option } from 'commander';
import { collectSetting, metricsAddress, portNumber } from './arguments.js';
import type { RunOptions } from './commands/run.js';
import type { CommandContext } from './context.js';
import { addEnv } from './env-program.js';
import { EXIT_DONE } from './exit-codes.js';
import { addCheck, addExport, addSubmit } from './flink-program.js';
import { FORMATS, type FormatName } from './format/formats.js';
import { JobError } from './job/job-error.js';
import { readJob } from './job/read-job.js';
import { addMachine } from './machine-program.js';
import type { MetricsAddress } from './metrics/metrics-address.js';
import { packageVersion } from './package-root.js';
import {
  type CommandLine,
  type OnSource,
  readScript,
  type ScriptFlags,
  scriptCommand,
  scriptOnly,
  scriptOptions,
} from './script-command.js';
import { addState } from './state-program.js';

/** Builds the command line; nothing is read or started before `parseAsync`. */
export function createCommandLine(context: CommandContext, onSource: OnSource): CommandLine {
  const command = new Command('millstream')
    .description('Runs Python functions inside SQL data pipelines, in managed workers under memory caps.')
    .version(packageVersion(), '-V, --version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .showHelpAfterError('`millstream COMMAND --help` lists arguments and options.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    })
    .addHelpText('after', EXAMPLES);
  const line: CommandLine = { command, exitCode: EXIT_DONE };
  addRun(line, context, onSource);
  addExplain(line, context, onSource);
  addCheck(line, context, onSource);
  addExport(line, context, onSource);
  addSubmit(line, context, onSource);
  addUdf(line, context);
  addReplay(line, context);
  addEnv(line.command, context, (exitCode) => {
    line.exitCode = exitCode;
  });
  addMachine(line.command, context, (exitCode) => {
    line.exitCode = exitCode;
  });
  addState(line.command, context, (exitCode) => {
    line.exitCode = exitCode;
  });
  addDoctor(line, context);
  addServe(line, context);
  return line;
}

const EXAMPLES = `
Examples:
  millstream run job.sql
  millstream run job.sql --format jsonl | head -3
  millstream run -e "SELECT 6 * 7 AS answer"
  millstream explain job.sql
  millstream check job.sql
  millstream check --portable job.sql
  millstream export --target flink out job.sql
  millstream udf check functions.py
  millstream udf try functions.py:score 12 400
  millstream replay 3f2a91c0 --pdb
  millstream ps
  millstream doctor

Exit codes: 0 done, 1 the job failed, 2 usage or invalid job, 130 interrupted.`;

const RUN_HELP = `
JOB is an SQL script (.sql), a job file (.yaml, .json), a program (.js, .mjs, .ts), or - for SQL on standard input.
Results go to standard output and nothing else does. Relative paths start at the working directory; modules of
Python functions are also found beside the job.

Examples:
  millstream run job.sql -D parallelism.default=2 -D "millstream.memory=4 GB"
  millstream run job.sql --mode streaming
  millstream run job.sql --watch
  millstream run job.sql --debug score
  millstream run job.sql --metrics metrics.jsonl --metrics-port 9464
  echo "SELECT 1" | millstream run - --format csv`;

interface RunFlags extends ScriptFlags {
  readonly format: FormatName;
  readonly metrics?: string;
  readonly metricsPort?: MetricsAddress;
  readonly debug?: string;
  readonly watch?: boolean;
  readonly wait: boolean;
  readonly dap?: number;
}

function debugOptions(
  { debug, dap }: RunFlags,
  job: string | undefined,
): NonNullable<RunOptions['debug']> | null {
  if (debug === undefined && dap !== undefined) {
    throw new JobError('JOB_OPTION', '--dap needs --debug', null, { hint: 'Name the function to stop in.' });
  }
  if (debug !== undefined && job === '-') {
    throw new JobError(
      'JOB_OPTION',
      '--debug needs standard input for the debugger, and the job came by it',
      null,
      {
        hint: 'Put the job into a file.',
      },
    );
  }
  return debug === undefined ? null : { function: debug, port: dap ?? null };
}

function addRun(line: CommandLine, context: CommandContext, onSource: OnSource): void {
  scriptCommand(line.command, 'run', 'run a job and print its result')
    .argument('[arguments...]', 'for a program: its own arguments')
    .option('--watch', 'run again whenever the job or a Python file beside it changes, until Ctrl-C')
    .option(
      '--debug <function>',
      'stop at breakpoint() of this function, in the Python debugger on this terminal',
    )
    .option(
      '--dap <port>',
      'with --debug: serve a debugger of an editor on this port instead (debugpy)',
      portNumber,
    )
    .option('--no-wait', 'fail where other jobs have the memory, instead of waiting for them')
    .option('--metrics <file>', 'append what the job measures to a file, as lines of JSON')
    .option(
      '--metrics-port <[host:]port>',
      'serve what the job measures to Prometheus while it runs; without a host on this machine alone',
      metricsAddress,
    )
    .addOption(new Option('--format <format>', 'how rows are printed').choices(FORMATS).default('table'))
    .addHelpText('after', RUN_HELP)
    .action(async (name: string | undefined, rest: string[], flags: RunFlags) => {
      if (flags.watch === true) {
        refuseArguments(rest);
        line.exitCode = await watchScript(name, flags, context);
        return;
      }
      const job = await readJob({ job: name ?? null, sql: flags.execute ?? null });
      if (job.kind === 'program') {
        refuseScriptOptions(flags, name);
        refuseMetrics(flags, name);
        const { runProgram } = await import('./commands/run-program.js');
        line.exitCode = await runProgram(job, rest, context.stderr);
        return;
      }
      refuseArguments(rest);
      onSource(job.source);
      const { runScript } = await import('./commands/run.js');
      line.exitCode = await runScript(job, runOptions(flags, name), context);
    });
}

function runOptions(flags: RunFlags, name: string | undefined) {
  return {
    ...scriptOptions(flags.wait ? flags : withSetting(flags, 'millstream.resources.wait', 'false')),
    format: flags.format,
    metricsFile: flags.metrics ?? null,
    metricsAddress: flags.metricsPort ?? null,
    debug: debugOptions(flags, name),
  };
}

async function watchScript(
  name: string | undefined,
  flags: RunFlags,
  context: CommandContext,
): Promise<number> {
  if (name === undefined || name === '-' || flags.execute !== undefined || flags.debug !== undefined) {
    throw new JobError('JOB_OPTION', '--watch takes a job in a file, and no --debug', null, {
      hint: 'Write `millstream run job.sql --watch`.',
    });
  }
  const { runWatched } = await import('./commands/watch.js');
  const { runScript } = await import('./commands/run.js');
  const options = runOptions(flags, name);
  const read = async () => scriptOnly(await readJob({ job: name, sql: null }), 'run --watch');
  const { earlyZygotes } = await import('./early-zygotes.js');
  const startZygotes = () => earlyZygotes(process.argv.slice(2), process.env);
  return runWatched(name, read, (job, own) => runScript(job, options, own), context, startZygotes);
}

function addExplain(line: CommandLine, context: CommandContext, onSource: OnSource): void {
  scriptCommand(line.command, 'explain', 'print how a job would run')
    .option('--sql', 'print the SQL that a job file stands for')
    .action(async (name: string | undefined, flags: ScriptFlags & { sql?: boolean }) => {
      const job = await readScript('explain', name, flags, onSource);
      const { explainScript } = await import('./commands/explain.js');
      line.exitCode = await explainScript(job, { ...scriptOptions(flags), sql: flags.sql ?? false }, context);
    });
}

function addUdf(line: CommandLine, context: CommandContext): void {
  const udf = line.command.command('udf').helpCommand(false).description('work on Python functions');
  addUdfTool(
    line,
    udf,
    'check',
    'find what is wrong in functions before a job runs; exit code 1 where something is',
  );
  addUdfTool(line, udf, 'list', 'print the functions of a file with their types');
  udf
    .command('try')
    .description('call one function in a worker and print its result')
    .argument('<file:function>', 'a Python file and a function in it')
    .argument('[arguments...]', 'values; null is NULL')
    .option('-D, --define <key=value>', 'set a configuration key', collectSetting)
    .option('-q, --quiet', 'only results and errors')
    .action(async (target: string, args: string[], flags: ScriptFlags) => {
      const { tryFunction } = await import('./commands/udf-try.js');
      line.exitCode = await tryFunction(target, args, scriptOptions(flags), context);
    });
}

function addUdfTool(line: CommandLine, udf: Command, name: 'check' | 'list', description: string): void {
  udf
    .command(name)
    .description(description)
    .argument(name === 'check' ? '<file[:function]>' : '<file>', 'a Python file')
    .action(async (target: string) => {
      const { runPythonTool } = await import('./commands/python-tool.js');
      line.exitCode = await runPythonTool('millstream._check', [name, target]);
    });
}

function addReplay(line: CommandLine, context: CommandContext): void {
  line.command
    .command('replay')
    .description(
      'run a function on the bundle it failed on, in this process; without an id: list what is saved',
    )
    .argument('[id]', 'as the error of the job named it; its beginning is enough')
    .option('--pdb', 'open the Python debugger where the function fails')
    .action(async (id: string | undefined, flags: { readonly pdb?: boolean }) => {
      const { replayBundle } = await import('./commands/replay.js');
      line.exitCode = await replayBundle(id ?? null, flags.pdb ?? false, context);
    });
}

function addDoctor(line: CommandLine, context: CommandContext): void {
  line.command
    .command('doctor')
    .description('check this machine: Node, Python, packages, memory caps, a round trip')
    .action(async () => {
      const { doctor } = await import('./commands/doctor.js');
      line.exitCode = await doctor(context);
    });
}

function addServe(line: CommandLine, context: CommandContext): void {
  line.command
    .command('serve', { hidden: true })
    .description('the runtime of the Python package: frames on standard input and output')
    .action(async () => {
      const { serve } = await import('./commands/serve.js');
      line.exitCode = await serve(context);
    });
}

function withSetting<Flags extends ScriptFlags>(flags: Flags, key: string, value: string): Flags {
  return { ...flags, define: { ...flags.define, [key]: value } };
}

function refuseScriptOptions(flags: ScriptFlags, name: string | undefined): void {
  if (flags.mode === undefined && flags.define === undefined) return;
  throw new JobError('JOB_OPTION', `--mode and -D do not reach ${name}: a program configures itself`, null, {
    hint: 'Give the options to TableEnvironment.create.',
  });
}

function refuseMetrics({ metrics, metricsPort }: RunFlags, name: string | undefined): void {
  if (metrics === undefined && metricsPort === undefined) return;
  throw new JobError(
    'JOB_OPTION',
    `--metrics and --metrics-port do not reach ${name}: a program reads them`,
    null,
    {
      hint: 'Read TableResult.summary.metrics in the program.',
    },
  );
}

function refuseArguments(rest: readonly string[]): void {
  if (rest.length === 0) return;
  throw new JobError('JOB_ARGUMENTS', `unexpected arguments: ${rest.join(' ')}`, null, {
    hint: 'Only programs take arguments; quote SQL given with -e.',
  });
}
