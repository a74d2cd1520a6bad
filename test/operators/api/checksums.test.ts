import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TableEnvironment } from '../../../operators/index.js';

it('runs relational and function workers with checksums on every message, with the same result', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millstream-checksums-'));
  await writeFile(
    join(folder, 'twice.py'),
    'from millstream import udf\n@udf\ndef twice(x: int) -> int:\n    return 2 * x\n',
  );
  const env = await TableEnvironment.create({
    workingDirectory: folder,
    configuration: { 'millstream.protocol.checksum': 'on' },
  });
  try {
    await env.executeSql("CREATE TEMPORARY FUNCTION twice AS 'twice.twice' LANGUAGE PYTHON");
    const result = env.sqlQuery(
      'SELECT SUM(twice(i)) AS s, COUNT(*) AS n FROM (VALUES (1), (2), (NULL), (4)) AS v(i) WHERE i > 0',
    );

    expect(await result.execute().toArray()).toMatchObject([{ s: 14n, n: 3n }]);
  } finally {
    await env.close();
    await rm(folder, { recursive: true });
  }
});
