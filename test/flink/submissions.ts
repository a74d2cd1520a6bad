/** Jobs that are submitted to a cluster: what is printed of good ones, and said of bad ones. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flinkPython } from '../oracle/flink-python.js';
import type { FlinkCluster } from './cluster.js';

interface Submission {
  readonly name: string;
  readonly sql: string;
  readonly options?: readonly string[];
  readonly exitCode: number;
  readonly stdout?: RegExp;
  readonly stderr?: RegExp;
}

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const BOOM = "CREATE TEMPORARY FUNCTION boom AS 'bad.boom' LANGUAGE PYTHON;\n";
const SINK = "CREATE TEMPORARY TABLE o (a BIGINT) WITH ('connector' = 'blackhole');\n";
const ONE = 'FROM (VALUES (1)) AS t(x);';

const SUBMISSIONS: readonly Submission[] = [
  {
    name: 'rows of every kind of value',
    sql: `SELECT CAST(9007199254740993 AS BIGINT), CAST('NaN' AS DOUBLE), X'01ff', DATE '2020-01-02', CAST(1 AS DECIMAL(5, 2)), CAST(NULL AS INT);`,
    exitCode: 0,
    stdout: /"row":\[9007199254740993,\{"\$float": "NaN"\},\{"\$bytes": "Af8="\},"2020-01-02","1\.00",null\]/,
  },
  { name: 'a job that writes', sql: `${SINK}INSERT INTO o SELECT x ${ONE}`, exitCode: 0, stderr: /FINISHED/ },
  {
    name: 'a job that is left running',
    sql: `${SINK}INSERT INTO o SELECT x ${ONE}`,
    options: ['--detach'],
    exitCode: 0,
    stdout: /^[0-9a-f]{32}\n$/,
  },
  {
    name: 'a function that fails in a query',
    sql: `${BOOM}SELECT boom(x) ${ONE}`,
    exitCode: 1,
    stderr: /FLINK_JOB_FAILED: .*ZeroDivisionError[\s\S]*line 6, in boom/,
  },
  {
    name: 'a function that fails in a job that writes',
    sql: `${BOOM}${SINK}INSERT INTO o SELECT boom(x) ${ONE}`,
    exitCode: 1,
    stderr: /FLINK_JOB_FAILED: .*ZeroDivisionError[\s\S]*line 6, in boom/,
  },
  {
    name: 'a connector that the cluster does not have',
    sql: `CREATE TEMPORARY TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x:1', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');\nSELECT a FROM k;`,
    exitCode: 2,
    stderr: /FLINK_JAR_MISSING in [\s\S]*connector 'kafka'[\s\S]*flink-sql-connector-kafka/,
  },
  {
    name: 'a format that the cluster does not have',
    sql: "CREATE TEMPORARY TABLE k (a INT) WITH ('connector' = 'filesystem', 'path' = '/nosuch', 'format' = 'parquet');\nINSERT INTO k SELECT 1;",
    exitCode: 2,
    stderr: /FLINK_JAR_MISSING in [\s\S]*format 'parquet'/,
  },
  {
    name: 'a Python that is not there',
    sql: `${BOOM}${SINK}INSERT INTO o SELECT boom(x) ${ONE}`,
    options: ['--pyexec', '/nosuch/python'],
    exitCode: 1,
    stderr: /FLINK_PYTHON: .*\/nosuch\/python is not there/,
  },
  {
    name: 'a Python of the gateway that is not there',
    sql: `${BOOM}SELECT boom(x) ${ONE}`,
    options: ['--pyclientexec', '/nosuch/python'],
    exitCode: 1,
    stderr: /FLINK_PYTHON in /,
  },
  {
    name: 'requirements that cannot be installed there',
    sql: `SET 'python.requirements' = 'requirements.txt';\n${BOOM}${SINK}INSERT INTO o SELECT boom(x) ${ONE}`,
    exitCode: 1,
    stderr: /FLINK_REQUIREMENTS: .*ERROR: .*tabulate/,
  },
  {
    name: 'a jar that the gateway cannot read',
    sql: 'SELECT 1;',
    options: ['--jar', '/nosuch.jar'],
    exitCode: 2,
    stderr: /FLINK_REFUSED: .*\/nosuch\.jar/,
  },
  {
    name: 'a job that is not portable',
    sql: 'SELECT COUNT(DISTINCT a, b) FROM (VALUES (1, 2)) AS t(a, b);',
    exitCode: 2,
    stderr: /NOT_PORTABLE in [\s\S]*Nothing was sent\./,
  },
  {
    name: 'another version',
    sql: 'SELECT 1;',
    options: ['--flink', '1.20'],
    exitCode: 1,
    stderr: /FLINK_VERSION/,
  },
];

/** Submits all of them; true where each ends as it should. */
export function submissions(cluster: FlinkCluster): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-submissions-'));
  writeFileSync(
    join(folder, 'bad.py'),
    'from millstream import udf\n\n\n@udf\ndef boom(x: int) -> int:\n    return 6 // (x - 1)\n',
  );
  writeFileSync(join(folder, 'requirements.txt'), 'tabulate\n');
  try {
    const good = SUBMISSIONS.map((each) => isAsExpected(each, folder, cluster.gateway));
    good.push(isAsExpected(NOBODY, folder, 'localhost:9'));
    for (const each of AT_JOB_MANAGER) good.push(isAsExpected(each, folder, cluster.jobManager));
    return good.every(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOBODY = {
  name: 'nobody at the address',
  sql: 'SELECT 1;',
  exitCode: 1,
  stderr: /FLINK_UNREACHABLE: Nobody/,
};
/** `flink run` of the PyFlink here. */
const AT_JOB_MANAGER: readonly Submission[] = [
  {
    name: 'a query at a JobManager',
    sql: 'SELECT 6 * 7 AS answer;',
    options: ['--python', flinkPython, '--pyexec', flinkPython],
    exitCode: 0,
    stdout: /answer[\s\S]*42/,
  },
  {
    name: 'a function that fails at a JobManager',
    sql: `${BOOM}SELECT boom(x) ${ONE}`,
    options: ['--python', flinkPython, '--pyexec', flinkPython],
    exitCode: 1,
    stderr: /FLINK_JOB_FAILED: .*ZeroDivisionError[\s\S]*line 6, in boom/,
  },
];

function isAsExpected(submission: Submission, folder: string, address: string): boolean {
  const { name, sql, options = [], exitCode, stdout = /^/, stderr = /^/ } = submission;
  writeFileSync(join(folder, 'job.sql'), sql);
  const args = [
    'submit',
    'job.sql',
    '--target',
    'flink',
    '--address',
    address,
    // A JobManager's rows are as Flink prints them.
    ...(AT_JOB_MANAGER.includes(submission) ? [] : ['--format', 'jsonl']),
    ...options,
  ];
  const ended = spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8' });
  const good = ended.status === exitCode && stdout.test(ended.stdout) && stderr.test(ended.stderr);
  process.stdout.write(`submit: ${name}: ${good ? 'as it should be' : 'otherwise'}\n`);
  if (!good) process.stdout.write(`exit code ${ended.status}\n${ended.stdout}\n${ended.stderr}\n`);
  return good;
}
