/** The commands about a job on Apache Flink, and `check`, which has one of them. */
import { Option } from 'commander';
import type { FlinkVersion } from '../core/index.js';
import { collectSetting } from './arguments.js';
import type { ClusterOptions } from './commands/submit-cluster.js';
import type { CommandContext } from './context.js';
import { JobError } from './job/job-error.js';
import {
  type CommandLine,
  type OnSource,
  readScript,
  type ScriptFlags,
  scriptCommand,
  scriptOptions,
} from './script-command.js';
import { clusterAddress } from './submit/cluster-address.js';

interface CheckFlags extends ScriptFlags {
  readonly portable?: boolean;
  readonly flink?: FlinkVersion;
  readonly format?: 'text' | 'json';
}

/** Adds `check`. */
export function addCheck(line: CommandLine, context: CommandContext, onSource: OnSource): void {
  scriptCommand(line.command, 'check', 'load the functions and plan a job without running it')
    .option('--portable', 'list what Apache Flink would refuse or do otherwise; no Flink is needed')
    .addOption(flinkOption('with --portable: which Flink (2.3)'))
    .addOption(
      new Option('--format <format>', 'with --portable: text, or json, a finding a line').choices([
        'text',
        'json',
      ]),
    )
    .action(async (name: string | undefined, flags: CheckFlags) => {
      const job = await readScript('check', name, flags, onSource);
      if (flags.portable === true) {
        const { checkPortable } = await import('./commands/check-portable.js');
        const { flink: version = '2.3', format = 'text' } = flags;
        line.exitCode = await checkPortable(job, { ...scriptOptions(flags), version, format }, context);
        return;
      }
      refusePortableOptions(flags);
      const { checkScript } = await import('./commands/check.js');
      line.exitCode = await checkScript(job, scriptOptions(flags), context);
    });
}

function refusePortableOptions({ flink, format }: CheckFlags): void {
  if (flink === undefined && format === undefined) return;
  const option = flink === undefined ? '--format' : '--flink';
  throw new JobError('JOB_OPTION', `${option} needs --portable`, null, {
    hint: 'Write `millstream check --portable job.sql`.',
  });
}

interface ExportFlags extends ScriptFlags {
  readonly target: 'flink';
  readonly flink: FlinkVersion;
}

const EXPORT_HELP = `
The folder has a PyFlink program that runs the statements as they are written, the Python files, requirements and
archives, and a README with the commands. It needs no Millstream. A job that is not portable is refused first.

Examples:
  millstream export --target flink out job.sql
  millstream export --target flink out job.sql --flink 1.20`;

/** Adds `export`. */
export function addExport(line: CommandLine, context: CommandContext, onSource: OnSource): void {
  line.command
    .command('export')
    .description('write a job as a folder that runs on Apache Flink')
    .argument('<folder>', 'a new folder')
    .argument('[job]', 'file of the job, or - for standard input')
    .addOption(new Option('--target <target>', 'where it will run').choices(['flink']).makeOptionMandatory())
    .addOption(flinkOption('which Flink').default('2.3'))
    .option('-e, --execute <sql>', 'SQL instead of a job')
    .addOption(new Option('--mode <mode>', 'instead of what the job says').choices(['batch', 'streaming']))
    .option('-D, --define <key=value>', 'set a configuration key (may be repeated)', collectSetting)
    .option('-q, --quiet', 'no notes')
    .addHelpText('after', EXPORT_HELP)
    .action(async (folder: string, name: string | undefined, flags: ExportFlags) => {
      const job = await readScript('export', name, flags, onSource);
      const { exportJob } = await import('./commands/export.js');
      const options = { ...scriptOptions(flags), version: flags.flink, folder };
      line.exitCode = await exportJob(job, options, context);
    });
}

interface SubmitFlags extends ScriptFlags {
  readonly target: 'flink' | 'local';
  readonly flink?: FlinkVersion;
  readonly python?: string;
  readonly address?: string;
  readonly jobmanager?: string;
  readonly filesAt?: string;
  readonly jar: readonly string[];
  readonly pyexec?: string;
  readonly pyclientexec?: string;
  readonly detach?: boolean;
  readonly format?: ClusterOptions['format'];
}

const SUBMIT_HELP = `
--target flink sends the statements to a SQL gateway, as they are written; neither Java nor PyFlink is needed here. A
job that is not portable is refused before anything is sent.

Examples:
  millstream submit job.sql --target flink --address gateway:8083
  millstream submit job.sql --target flink --address gateway:8083 --files-at /mnt/shared --detach
  millstream submit job.sql --target local --python venv/bin/python`;

/** Adds `submit`. */
export function addSubmit(line: CommandLine, context: CommandContext, onSource: OnSource): void {
  scriptCommand(
    line.command,
    'submit',
    'run a job on Apache Flink: on a cluster, or in a mini cluster of PyFlink on this machine',
  )
    .addOption(
      new Option('--target <target>', 'where it runs').choices(['flink', 'local']).makeOptionMandatory(),
    )
    .option('--address <host:port>', 'flink: a SQL gateway, or a JobManager with --python', clusterAddress)
    .option('--jobmanager <host:port>', 'flink: its JobManager (as the gateway says)', clusterAddress)
    .option(
      '--files-at <folder|url>',
      'flink: where the gateway reads the Python files: a folder that both see, or the URL of an export',
    )
    .option('--jar <path>', 'flink: a jar that the gateway can read (may be repeated)', collected, [])
    .option('--pyexec <python>', 'flink: Python of the task managers')
    .option('--pyclientexec <python>', 'flink: Python of the gateway')
    .option('--detach', 'flink: print the ids of jobs and leave them running')
    .addOption(
      new Option('--format <format>', 'flink: how rows are printed (table)').choices([
        'table',
        'jsonl',
        'csv',
      ]),
    )
    .addOption(flinkOption('which Flink'))
    .option('--python <python>', 'a Python that has apache-flink (MILLSTREAM_PYFLINK; local: else python3)')
    .addHelpText('after', SUBMIT_HELP)
    .action(async (name: string | undefined, flags: SubmitFlags) => {
      const job = await readScript('submit', name, flags, onSource);
      if (flags.target === 'flink') {
        const { submitToCluster } = await import('./commands/submit-cluster.js');
        line.exitCode = await submitToCluster(job, clusterOptions(flags), context);
        return;
      }
      refuseClusterOptions(flags);
      const { submitJob } = await import('./commands/submit.js');
      const python = flags.python ?? process.env.MILLSTREAM_PYFLINK ?? 'python3';
      const options = { ...scriptOptions(flags), version: flags.flink ?? '2.3', python };
      line.exitCode = await submitJob(job, options, context);
    });
}

function clusterOptions(flags: SubmitFlags): ClusterOptions {
  if (flags.address === undefined) {
    throw new JobError('JOB_OPTION', '--target flink needs --address', null, {
      hint: 'Give the HOST:PORT of a SQL gateway of Flink.',
    });
  }
  return {
    ...scriptOptions(flags),
    address: flags.address,
    jobManager: flags.jobmanager ?? null,
    version: flags.flink ?? null,
    filesAt: flags.filesAt ?? null,
    jars: flags.jar,
    pythonOfWorkers: flags.pyexec ?? null,
    pythonOfGateway: flags.pyclientexec ?? null,
    python: flags.python ?? process.env.MILLSTREAM_PYFLINK ?? null,
    waits: flags.detach !== true,
    given: givenOptions(flags),
    format: flags.format ?? 'table',
  };
}

/** As they are written, by their flags. */
const OF_CLUSTERS = {
  address: '--address',
  jobmanager: '--jobmanager',
  filesAt: '--files-at',
  jar: '--jar',
  pyexec: '--pyexec',
  pyclientexec: '--pyclientexec',
  detach: '--detach',
  format: '--format',
} as const;

function givenOptions(flags: SubmitFlags): string[] {
  const options = { ...OF_CLUSTERS, python: '--python' } as const;
  return (Object.keys(options) as (keyof typeof options)[])
    .filter((name) => flags[name] !== undefined && (name !== 'jar' || flags.jar.length > 0))
    .map((name) => options[name]);
}

function refuseClusterOptions(flags: SubmitFlags): void {
  const option = givenOptions(flags).find((given) => given !== '--python');
  if (option === undefined) return;
  throw new JobError('JOB_OPTION', `${option} is of --target flink`, null, {
    hint: 'Leave it out, or give --target flink.',
  });
}

function flinkOption(description: string): Option {
  return new Option('--flink <version>', description).choices(['2.3', '1.20']);
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
