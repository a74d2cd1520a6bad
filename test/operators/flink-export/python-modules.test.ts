import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonModules } from '../../../operators/flink-export/python-modules.js';

describe('the Python files of a job', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millstream-modules-'));
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('functions.py', 'import helper, json as j\nfrom models.text import Model\n');
    write('helper.py', '    import deep\n');
    write('deep.py', 'from millstream import udf\n');
    write('unused.py', '');
    mkdirSync(join(folder, 'models'));
    write('models/text.py', 'import numpy\n');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('are the modules of its functions and what they import from beside them', () => {
    const { files, usesMillstream } = pythonModules(['functions.score'], [folder]);
    expect([...files.keys()].sort()).toEqual(['deep.py', 'functions.py', 'helper.py', 'models']);
    expect(usesMillstream).toBe(true);
  });

  it('leave out packages of the environment, and tell of functions that are in one', () => {
    const { files, elsewhere } = pythonModules(['scipy.special.expit', 'models.text.Model'], [folder]);
    expect([...files]).toEqual([['models', join(folder, 'models')]]);
    expect(elsewhere).toEqual(['scipy']);
  });
});
