import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planExport, Session, writeExport } from '../../../operators/index.js';

const python = fileURLToPath(new URL('../../../python-udf/millstream', import.meta.url));

const TABLE = `CREATE TEMPORARY TABLE t (id BIGINT, s STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '3');\n`;

/** A zip file that has nothing but a comment. */
function emptyZip(comment: string): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment)]);
}

describe('an export to Flink', () => {
  let folder: string;
  let session: Session;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millstream-export-'));
    writeFileSync(
      join(folder, 'functions.py'),
      'from millstream import udf\n\n\n@udf\ndef inc(x: int) -> int:\n    return x + 1\n\n\nclass Holder:\n    f = inc\n',
    );
    writeFileSync(join(folder, 'req.txt'), 'tabulate\n');
  });

  beforeEach(async () => {
    session = await Session.open({
      configuration: {},
      workingDirectory: folder,
      jobFolder: folder,
      onLog: () => {},
      onProgress: () => {},
      onNote: () => {},
      print: async () => {},
      signal: new AbortController().signal,
      python: null,
      mode: null,
    });
  });

  afterEach(() => session.close());

  afterAll(() => rmSync(folder, { recursive: true }));

  const plan = (sql: string) =>
    planExport(session, {
      name: 'job.sql',
      sql,
      version: '2.3',
      settings: {},
      workingDirectory: folder,
      jobFolder: folder,
      as: 'driver',
    });

  async function exported(sql: string, name: string): Promise<string> {
    const planned = await plan(sql);
    if (planned.kind === 'refused') throw new Error(JSON.stringify([planned.errors, planned.findings]));
    return writeExport(planned.plan, sql, join(folder, name), python);
  }

  it('has a driver with the statements as they are written, the functions and the settings that Flink has', async () => {
    const sql = `SET 'millstream.memory' = '2 gb';
SET 'table.local-time-zone' = 'UTC';
CREATE TEMPORARY FUNCTION inc AS 'functions.inc' LANGUAGE PYTHON;
${TABLE}SELECT inc(id)
FROM t;`;
    const target = await exported(sql, 'out');
    expect(readdirSync(target).sort()).toEqual(['README.md', 'driver.py', 'job.sql', 'python']);
    expect(readdirSync(join(target, 'python')).sort()).toEqual(['functions.py', 'millstream']);
    const driver = readFileSync(join(target, 'driver.py'), 'utf8');
    expect(driver).toContain('in_batch_mode()');
    expect(driver).toContain('config.set("table.local-time-zone", "UTC")');
    expect(driver).toContain(
      `env.execute_sql("CREATE TEMPORARY FUNCTION inc AS 'functions.inc' LANGUAGE PYTHON")`,
    );
    expect(driver).toContain('env.execute_sql("""SELECT inc(id)\nFROM t""").print()');
    expect(driver).not.toContain('millstream.memory');
    expect(readFileSync(join(target, 'README.md'), 'utf8')).toContain(
      "Line 1: Flink has no 'millstream.memory'.",
    );
  });

  it('takes requirements along, and waits for what is written', async () => {
    const sql = `SET 'python.requirements' = 'req.txt';
${TABLE}CREATE TEMPORARY TABLE o (id BIGINT) WITH ('connector' = 'print');
INSERT INTO o SELECT id FROM t;`;
    const target = await exported(sql, 'required');
    const driver = readFileSync(join(target, 'driver.py'), 'utf8');
    expect(driver).toContain('env.set_python_requirements(str(HERE / "requirements.txt"))');
    expect(driver).toContain('env.execute_sql("INSERT INTO o SELECT id FROM t").wait()');
    expect(readFileSync(join(target, 'requirements.txt'), 'utf8')).toBe('tabulate\n');
    const readme = readFileSync(join(target, 'README.md'), 'utf8');
    expect(readme).toContain("venv/bin/pip install 'apache-flink==2.3.*' -r requirements.txt\n");
    expect(readme).toContain('RUN pip install -r /opt/job/requirements.txt\n');
  });

  it('takes what is beside a module of python.files along, and of two of one name the first', async () => {
    for (const name of ['first', 'second']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'text.py'), `WHICH = '${name}'\n`);
      writeFileSync(join(folder, name, 'lib.zip'), emptyZip(name));
    }
    writeFileSync(
      join(folder, 'first', 'score.py'),
      'import helper\nfrom millstream import udf\n\n\n@udf\ndef score(x: int) -> int:\n    return x\n',
    );
    writeFileSync(join(folder, 'first', 'helper.py'), '');
    const sql = `SET 'python.files' = 'first/score.py, first/text.py, second/text.py, second/lib.zip';
SET 'python.archives' = 'first/lib.zip, first/lib.zip#again';
CREATE TEMPORARY FUNCTION score AS 'score.score' LANGUAGE PYTHON;
${TABLE}SELECT score(id) FROM t;`;
    const target = await exported(sql, 'modules');
    expect(readdirSync(join(target, 'python')).sort()).toEqual([
      'helper.py',
      'millstream',
      'score.py',
      'text.py',
    ]);
    expect(readFileSync(join(target, 'python', 'text.py'), 'utf8')).toBe("WHICH = 'first'\n");
    expect(readFileSync(join(target, 'files', 'lib.zip'))).toEqual(emptyZip('second'));
    expect(readFileSync(join(target, 'files', '2', 'lib.zip'))).toEqual(emptyZip('first'));
    const driver = readFileSync(join(target, 'driver.py'), 'utf8');
    expect(driver).toContain('env.add_python_file(str(HERE / "files/lib.zip"))');
    expect(driver).toContain('env.add_python_archive(str(HERE / "files/2/lib.zip"), "lib.zip")');
    expect(driver).toContain('env.add_python_archive(str(HERE / "files/2/lib.zip"), "again")');
  });

  it('joins the groupings of a Python aggregate and of built-in ones, and says so', async () => {
    writeFileSync(
      join(folder, 'means.py'),
      'from millstream import udaf\n\n\n@udaf(batch="pandas", input_types=["DOUBLE"], result_type="DOUBLE")\ndef mean(x):\n    return x.mean()\n',
    );
    const sql = `CREATE TEMPORARY FUNCTION mean AS 'means.mean' LANGUAGE PYTHON;
${TABLE}SELECT s, mean(CAST(id AS DOUBLE)) AS m, COUNT(*) AS n FROM t GROUP BY s;`;
    const target = await exported(sql, 'joined');
    expect(readFileSync(join(target, 'driver.py'), 'utf8')).toContain(
      'built_in.k0 IS NOT DISTINCT FROM python_udaf.k0',
    );
    expect(readFileSync(join(target, 'README.md'), 'utf8')).toContain('Line 3: Flink does not compute');
    expect(readFileSync(join(target, 'job.sql'), 'utf8')).toBe(sql);
  });

  it('is refused with everything that is not portable', async () => {
    const planned = await plan(
      `${TABLE}SELECT id, COUNT(DISTINCT id, s) FROM t GROUP BY id;\nSELECT nosuch FROM t;`,
    );
    expect(planned.kind).toBe('refused');
    if (planned.kind === 'plan') return;
    expect(planned.findings.map(({ rule }) => rule)).toEqual(['count-distinct-several']);
    expect(planned.errors.map(({ code }) => code)).toEqual(['SQL_UNKNOWN_COLUMN']);
  });

  it.each([
    [`${TABLE}RESET 'table.local-time-zone';`, 'EXPORT_RESET'],
    [`CREATE TEMPORARY FUNCTION f AS 'functions.Holder.f' LANGUAGE PYTHON;`, 'EXPORT_FUNCTION'],
    [`SET 'python.archives' = 'nosuch.zip';\n${TABLE}`, 'EXPORT_FILE'],
    [`SET 'python.archives' = 'a/lib.zip,b/lib.zip';\n${TABLE}`, 'OPTION_VALUE'],
    [
      `${TABLE}CREATE TEMPORARY TABLE e (id BIGINT) WITH ('connector' = 'datagen');\nSELECT id FROM t;\nSELECT id FROM e;`,
      'EXPORT_MODES',
    ],
  ])('is refused for %s', async (sql, code) => {
    await expect(plan(sql)).rejects.toMatchObject({ code });
  });

  it('does not write into a folder that has files', async () => {
    writeFileSync(join(folder, 'full'), '');
    await expect(exported('SELECT 1;', '.')).rejects.toMatchObject({ code: 'EXPORT_EXISTS' });
    await expect(exported('SELECT 1;', 'full')).rejects.toMatchObject({ code: 'EXPORT_EXISTS' });
  });
});
