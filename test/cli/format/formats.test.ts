import { describe, expect, it } from 'vitest';
import { writeArrow } from '../../../cli/format/arrow.js';
import { CsvFormat } from '../../../cli/format/csv.js';
import { JsonLinesFormat } from '../../../cli/format/jsonl.js';
import { plainText } from '../../../cli/format/plain-text.js';
import { type RowFormat, writeRows } from '../../../cli/format/row-format.js';
import { TableFormat } from '../../../cli/format/table.js';
import { batch, columns, MemoryOutput, type RowsFixture, rowsResult } from '../support/results.js';

async function formatted(format: RowFormat, fixture: RowsFixture): Promise<string> {
  const output = new MemoryOutput();
  await writeRows(rowsResult(fixture), format, output);
  return output.text;
}

const PEOPLE: RowsFixture = {
  columns: columns({ id: 'BIGINT', name: 'STRING' }),
  batches: [batch([['9007199254740993', '"Ada"']]), batch([['-1', 'null']])],
};

describe('jsonl', () => {
  it('writes one change a line, with the values as they are', async () => {
    expect(await formatted(new JsonLinesFormat(), PEOPLE)).toBe(
      '{"op":"+I","row":[9007199254740993,"Ada"]}\n{"op":"+I","row":[-1,null]}\n',
    );
  });

  it('names the kind of each change', async () => {
    const fixture = {
      columns: columns({ n: 'INT' }),
      batches: [batch([['1'], ['1'], ['2']], ['+I', '-U', '+U'])],
    };

    const ops = (await formatted(new JsonLinesFormat(), fixture)).match(/"op":"(..)"/g);

    expect(ops).toEqual(['"op":"+I"', '"op":"-U"', '"op":"+U"']);
  });

  it('writes nothing for a result without rows', async () => {
    expect(await formatted(new JsonLinesFormat(), { columns: columns({ n: 'INT' }), batches: [] })).toBe('');
  });
});

describe('csv', () => {
  it('tells NULL from an empty string, and quotes what needs it', async () => {
    const values = ['null', '""', '"a,b"', '"say \\"hi\\""', '"two\\nlines"', '"plain"'];
    const fixture = {
      columns: columns({ s: 'STRING', 'a "b"': 'STRING' }),
      batches: [batch(values.map((v) => [v, '1']))],
    };

    expect(await formatted(new CsvFormat(), fixture)).toBe(
      's,"a ""b"""\n,1\n"",1\n"a,b",1\n"say ""hi""",1\n"two\nlines",1\nplain,1\n',
    );
  });

  it('writes the header even where there is no row', async () => {
    expect(await formatted(new CsvFormat(), { columns: columns({ a: 'INT', b: 'INT' }), batches: [] })).toBe(
      'a,b\n',
    );
  });

  it('begins lines with the change where a result has updates', async () => {
    const fixture = { columns: columns({ n: 'INT' }), batches: [batch([['1'], ['1']], ['+I', '-D'])] };
    expect(await formatted(new CsvFormat(), fixture)).toBe('op,n\n+I,1\n-D,1\n');
  });
});

describe('table', () => {
  it('aligns numbers to the right and shows NULL', async () => {
    expect(await formatted(new TableFormat(null, true), PEOPLE)).toBe(
      [
        '┌──────────────────┬──────┐',
        '│               id │ name │',
        '├──────────────────┼──────┤',
        '│ 9007199254740993 │ Ada  │',
        '│               -1 │ NULL │',
        '└──────────────────┴──────┘',
        '',
      ].join('\n'),
    );
  });

  it('counts terminal cells: wide characters take two, combining marks none', async () => {
    const fixture = {
      columns: columns({ s: 'STRING' }),
      batches: [batch([['"日本"'], ['"e\u0301"'], ['"abcd"']])],
    };

    const lines = (await formatted(new TableFormat(null, true), fixture)).split('\n');

    expect(lines.slice(3, 6)).toEqual(['│ 日本 │', '│ e\u0301    │', '│ abcd │']);
  });

  it('keeps a value on one line', async () => {
    const fixture = { columns: columns({ s: 'STRING' }), batches: [batch([['"a\\nb\\u001b[31m"']])] };
    expect(await formatted(new TableFormat(null, true), fixture)).toContain('│ a\\nb\\u001b[31m │');
  });

  it('cuts the widest columns where the terminal is narrow', async () => {
    const long = `"${'x'.repeat(200)}"`;
    const fixture = { columns: columns({ id: 'INT', s: 'STRING' }), batches: [batch([['1', long]])] };

    const lines = (await formatted(new TableFormat(40, true), fixture)).trimEnd().split('\n');

    expect(lines.every((line) => line.length === 40)).toBe(true);
    expect(lines[3]).toBe(`│  1 │ ${'x'.repeat(30)}… │`);
  });

  it('shows the first batch of an unbounded result at once', () => {
    const format = new TableFormat(null, false);
    format.begin(columns({ n: 'INT' }));
    expect(format.rows(batch([['1']]))).toContain('│ 1 │');
  });

  it('shows the header of a result without rows', async () => {
    const text = await formatted(new TableFormat(null, true), {
      columns: columns({ n: 'INT' }),
      batches: [],
    });
    expect(text).toBe('┌───┐\n│ n │\n├───┤\n└───┘\n');
  });
});

describe('writing', () => {
  it('leaves the result, which cancels its query, once nobody reads', async () => {
    let left = false;
    const many = Array.from({ length: 100 }, () => batch([['1']]));
    const result = rowsResult({
      columns: columns({ n: 'INT' }),
      batches: many,
      onLeave: () => (left = true),
    });
    const output = new MemoryOutput(3);

    const rows = await writeRows(result, new JsonLinesFormat(), output);

    expect({ rows, left, writes: output.writes }).toEqual({ rows: 3, left: true, writes: 3 });
  });

  it('copies an Arrow stream piece by piece', async () => {
    const output = new MemoryOutput();
    await writeArrow(rowsResult({ columns: [], batches: [] }), output);
    expect(output.text).toBe('010203');
  });
});

describe('plain text of a value', () => {
  it.each([
    ['null', null],
    ['"null"', 'null'],
    ['true', 'true'],
    ['1.50', '1.50'],
    ['{"$float":"-Infinity"}', '-Infinity'],
    ['{"$bytes":"AAEC"}', 'AAEC'],
    ['{"$map":[["a",1]]}', '{"$map":[["a",1]]}'],
    ['[1,"x",null]', '[1,"x",null]'],
  ])('of %s is %s', (json, expected) => {
    expect(plainText(json)).toBe(expected);
  });
});
