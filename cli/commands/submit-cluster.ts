/** `millstream submit --target flink`: a job on a cluster, through its SQL gateway. */
import { ConfigurationError, EnvironmentError, type FlinkVersion } from '../../core/index.js';
import { gatewayScript, JobManager, RestFailure, RestServer, SqlGateway } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE, EXIT_INVALID } from '../exit-codes.js';
import type { FormatName } from '../format/formats.js';
import type { ScriptJob } from '../job/job.js';
import { JobError } from '../job/job-error.js';
import { Reporter } from '../progress/reporter.js';
import { jobManagerUrl } from '../submit/cluster-address.js';
import { clusterFiles } from '../submit/cluster-files.js';
import { Leaving } from '../submit/leaving.js';
import { type ClusterRun, runQuietly, runStatements } from '../submit/run-statements.js';
import { planFor } from './export.js';
import type { ScriptOptions } from './with-session.js';

export interface ClusterOptions extends ScriptOptions {
  /** `http://host:8083` of the gateway. */
  readonly address: string;
  /** Of the JobManager; null: as the gateway says. */
  readonly jobManager: string | null;
  /** Which Flink the job is held to; null: the gateway's. */
  readonly version: FlinkVersion | null;
  readonly filesAt: string | null;
  /** Paths that the gateway can read. */
  readonly jars: readonly string[];
  readonly pythonOfWorkers: string | null;
  readonly pythonOfGateway: string | null;
  /** A Python that has PyFlink, for an address of a JobManager; null: none was named. */
  readonly python: string | null;
  readonly waits: boolean;
  /** Options that were written, `--jar`: those that the server at the address would not heed are refused. */
  readonly given: readonly string[];
  readonly format: Exclude<FormatName, 'arrow'>;
}

/**
 * Runs a job on a cluster; its rows go to stdout, as `run` prints them.
 * @throws {EnvironmentError} FLINK_UNREACHABLE, FLINK_VERSION; {ConfigurationError} FLINK_FILES, JOB_OPTION; what `flinkFailure` makes of a stack
 */
export async function submitToCluster(
  job: ScriptJob,
  options: ClusterOptions,
  context: CommandContext,
): Promise<number> {
  const server = new RestServer(options.address, context.signal);
  const gateway = await connect(server);
  if (gateway === null) return submitByDriver(job, options, context);
  refuseUnheeded(options, OF_JOB_MANAGERS, 'a SQL gateway', 'a JobManager');
  const version = checkedVersion(gateway.version, options.version);
  const plan = await planFor('gateway', job, { ...options, version }, context);
  if (plan === null) return EXIT_INVALID;
  if (!options.waits) refuseRows(plan.statements);
  const nowSeconds = () => performance.now() / 1000;
  const reporter = await Reporter.create({ stderr: context.stderr, quiet: options.quiet, nowSeconds });
  const files = await clusterFiles(plan, job, options.address, options.filesAt);
  const leaving = new Leaving(reporter, context);
  const stopListening = context.onInterrupt(() => leaving.ask(), { text: null, withinMs: null });
  try {
    const script = gatewayScript(plan, { ...options, files: files.place });
    const session = await gateway.openSession(script.properties);
    try {
      const jobManager = options.jobManager ?? jobManagerUrl(options.address, await session.properties());
      const run: ClusterRun = {
        session,
        jobManager: new JobManager(new RestServer(jobManager, context.signal)),
        reporter,
        context,
        sql: job.source.text,
        format: options.format,
        mode: plan.mode,
        waits: options.waits,
        onJob: (seen) => leaving.follow(seen),
      };
      for (const jar of options.jars) await runQuietly(run, `ADD JAR '${jar.replaceAll("'", "''")}'`);
      await runStatements(run, script.statements);
    } finally {
      await session.close();
    }
    return EXIT_DONE;
  } finally {
    stopListening();
    reporter.hideProgress();
    await files.remove();
  }
}

/** Null: a JobManager answers. @throws {EnvironmentError} FLINK_UNREACHABLE, FLINK_VERSION */
async function connect(server: RestServer): Promise<SqlGateway | null> {
  try {
    return await SqlGateway.connect(server);
  } catch (error) {
    if (!(error instanceof RestFailure)) throw error;
    if ((await new JobManager(server).version()) !== null) return null;
    throw new EnvironmentError('FLINK_UNREACHABLE', `${server.url} answers, and is no server of Flink.`, {
      hint: 'Give the address of a SQL gateway (`sql-gateway.sh start`, port 8083).',
      cause: error,
    });
  }
}

/** A JobManager takes programs, which a PyFlink of this machine has to run. */
async function submitByDriver(
  job: ScriptJob,
  { address, python, version, waits, pythonOfWorkers, ...options }: ClusterOptions,
  context: CommandContext,
): Promise<number> {
  refuseUnheeded({ ...options, address }, OF_GATEWAYS, 'a JobManager', 'a SQL gateway');
  if (python === null || !waits) {
    throw new EnvironmentError('FLINK_UNREACHABLE', `${address} is a JobManager, and no SQL gateway.`, {
      hint: 'Give the address of a gateway (`sql-gateway.sh start`), or --python of a PyFlink here, whose `flink run` waits for the job.',
    });
  }
  const found = await new JobManager(new RestServer(address, context.signal)).version();
  const { submitJob } = await import('./submit.js');
  return submitJob(
    job,
    {
      ...options,
      version: checkedVersion(found ?? '', version),
      python,
      jobManager: { url: address, pythonOfWorkers },
    },
    context,
  );
}

const OF_JOB_MANAGERS = ['--python'];
const OF_GATEWAYS = ['--jobmanager', '--files-at', '--jar', '--pyclientexec', '--format'];

function refuseUnheeded(
  { address, given }: Pick<ClusterOptions, 'address' | 'given'>,
  unheeded: readonly string[],
  found: string,
  needed: string,
): void {
  const option = given.find((each) => unheeded.includes(each));
  if (option === undefined) return;
  throw new JobError('JOB_OPTION', `${option} is for ${needed}, and ${address} is ${found}`, null, {
    hint: `Leave it out, or give the address of ${needed}.`,
  });
}

/** The rules that the gateway's Flink is held to. @throws {EnvironmentError} FLINK_VERSION */
function checkedVersion(found: string, wanted: FlinkVersion | null): FlinkVersion {
  const [major = '', minor = ''] = found.split('.');
  const nearest: FlinkVersion = major === '1' ? '1.20' : '2.3';
  const isOld = major === '0' || (major === '1' && Number(minor) < 20);
  if (!isOld && (wanted === null || wanted === nearest)) return nearest;
  throw new EnvironmentError(
    'FLINK_VERSION',
    `The cluster is of Flink ${found}, and ${isOld ? 'only 1.20 and newer ones are known' : `--flink says ${wanted}`}.`,
    {
      hint: isOld
        ? 'Take a newer cluster, or export the job.'
        : 'Leave --flink out, or give another address.',
    },
  );
}

function refuseRows(statements: readonly { readonly statement: { readonly kind: string } }[]): void {
  if (!statements.some(({ statement }) => statement.kind === 'query_statement')) return;
  throw new ConfigurationError(
    'FLINK_DETACH',
    'The job has a SELECT, whose rows nobody would take with --detach.',
    {
      hint: 'Write them into a table with INSERT INTO, or leave --detach out.',
    },
  );
}
