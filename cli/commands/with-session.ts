/** Opens a session for a script, ties it to stderr and Ctrl-C, and closes it whatever happens. */

import type { JobSession, JobSummary, LogLine } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { DebugTerminal } from '../debug-terminal.js';
import type { ScriptJob } from '../job/job.js';
import type { MetricsAddress } from '../metrics/metrics-address.js';
import { MetricsFile } from '../metrics/metrics-file.js';
import { PrometheusReporter } from '../metrics/prometheus-reporter.js';
import type { ResultOutput } from '../output.js';
import { Reporter } from '../progress/reporter.js';
import { renderSummary } from '../progress/summary.js';

/** Options that every command on a script has. */
export interface ScriptOptions {
  readonly mode: 'batch' | 'streaming' | null;
  /** `-D` keys and values. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly quiet: boolean;
  /** Where metrics are appended as lines of JSON; null: nowhere. */
  readonly metricsFile?: string | null;
  /** Where Prometheus may fetch metrics while the job runs; null: nowhere. */
  readonly metricsAddress?: MetricsAddress | null;
  /** The function whose `breakpoint()` opens a debugger here, or on a port; null: none. */
  readonly debug?: { readonly function: string; readonly port: number | null } | null;
}

/** Calls `use` with an open session. The mode of the command line wins over that of a job file. */
export async function withSession(
  job: ScriptJob,
  options: ScriptOptions,
  context: CommandContext,
  use: (session: JobSession, reporter: Reporter) => Promise<void>,
): Promise<void> {
  const nowSeconds = () => performance.now() / 1000;
  const metrics = options.metricsFile == null ? null : MetricsFile.open(options.metricsFile);
  const server = options.metricsAddress == null ? null : await openServer(options.metricsAddress);
  const prometheus = new PrometheusReporter((text) => reporter.line(text));
  const reporter = await Reporter.create({ stderr: context.stderr, quiet: options.quiet, nowSeconds });
  if (server !== null) reporter.note(`Metrics at ${server.url}`);
  const terminal =
    options.debug == null
      ? null
      : await DebugTerminal.open({
          input: process.stdin,
          output: context.stderr,
          onActive: (active) => {
            reporter.paused = active;
          },
        });
  try {
    const session = await context.openSession({
      ...(options.debug == null || terminal === null
        ? {}
        : { debug: { ...options.debug, socket: terminal.path } }),
      configuration: options.configuration,
      workingDirectory: process.cwd(),
      jobFolder: job.folder,
      onLog: (entry) => reporter.line(logText(entry)),
      onProgress: (progress) => reporter.progress(progress),
      needsMetrics: ({ prometheusPort }) => metrics !== null || server !== null || prometheusPort !== null,
      onMetrics: (seen, { prometheusPort }) => {
        metrics?.write(seen);
        server?.update(seen);
        if (prometheusPort !== null) prometheus.update(prometheusPort, seen);
      },
      onNote: (text) => reporter.note(text),
      onWarning: (text) => reporter.line(text),
      onCancelled: (summary, note) => {
        noteSummary(summary, reporter);
        if (note !== null) reporter.note(note);
      },
      name: job.source.name,
      print: (text) => resultOutput(reporter, context).write(text),
      signal: context.signal,
      python: null,
      mode: options.mode ?? job.mode,
    });
    const stopListening = context.onTerminate(() => session.drain());
    const stopStopping = context.onInterrupt(() => session.stop());
    const stopSaying = context.onNotice((text) => reporter.line(text));
    try {
      await use(session, reporter);
    } finally {
      await session.close();
      stopListening();
      stopStopping();
      stopSaying();
    }
    if (options.debug?.port === null && terminal?.wasUsed === false) {
      reporter.line(`No breakpoint() of the function ${options.debug.function} was reached.`);
    }
  } finally {
    reporter.hideProgress();
    metrics?.close();
    server?.close();
    prometheus.close();
    terminal?.close();
  }
}

/** The account of a job, unless it is to be quiet. */
export function noteSummary(summary: JobSummary | null, reporter: Reporter): void {
  if (summary !== null) reporter.note(`\n${renderSummary(summary)}\n`);
}

/** Loaded only here: most commands have no server. */
async function openServer(address: MetricsAddress) {
  const { MetricsServer } = await import('../metrics/metrics-server.js');
  return MetricsServer.open(address);
}

/** Standard output, with the progress line out of the way where both are the same terminal. */
export function resultOutput(reporter: Reporter, { stdout, terminalColumns }: CommandContext): ResultOutput {
  if (terminalColumns === null) return stdout;
  return {
    get isClosed() {
      return stdout.isClosed;
    },
    write: (chunk) => {
      reporter.hideProgress();
      return stdout.write(chunk);
    },
  };
}

/** `[score] text`: the function where one ran, else the worker; the level where it is not the usual one. */
export function logText({ worker, level, function: name, text, dropped }: LogLine): string {
  const label = level === 'INFO' ? (name ?? worker) : `${name ?? worker} ${level}`;
  const leftOut = dropped === 0 ? '' : `[${label}] … ${dropped} lines left out\n`;
  return `${leftOut}[${label}] ${text}`;
}
