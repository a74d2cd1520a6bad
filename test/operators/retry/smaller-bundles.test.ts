import { describe, expect, it } from 'vitest';
import type { Bundle, BundleResult, FunctionStageHandle } from '../../../bridge/index.js';
import { UdfError } from '../../../core/index.js';
import { smallerBundles } from '../../../operators/retry/smaller-bundles.js';
import { held } from '../../support/held-parts.js';

const GROUP = {
  schema: 0,
  message: new Uint8Array(),
  shared: null,
  messageRows: 10,
  selection: null,
} as unknown as Bundle['groups'][number];
const BUNDLE: Bundle = { sequence: 3, rows: 10, groups: [GROUP], continued: false };

/** Drops the first row of what it is given; `fails` at a row of the whole bundle. */
function recorded(fails: number | null = null) {
  const given: number[][] = [];
  const handle = {
    output: [],
    close: async () => undefined,
    process: async (bundle: Bundle): Promise<BundleResult> => {
      const rows = [
        ...(bundle.groups[0]!.selection ?? Int32Array.from({ length: bundle.rows }, (_, i) => i)),
      ];
      given.push(rows);
      const row = fails === null ? -1 : rows.indexOf(fails);
      if (row !== -1)
        throw new UdfError('UDF_EXCEPTION', `Function f failed in row ${row}.`, { details: { row } });
      const kept = Int32Array.from({ length: bundle.rows - 1 }, (_, i) => i + 1);
      return {
        batches: [{ rows: kept.length, group: null, rowSelection: kept }],
        failedRows: [],
        timing: {
          waitingNs: 1,
          shippingNs: 1,
          pythonNs: [5],
          returningNs: 1,
          totalNs: 8,
          calls: [bundle.rows],
          retries: [0],
        },
      };
    },
  } satisfies FunctionStageHandle;
  return { given, handle };
}

describe('bundles for a worker near its cap', () => {
  it('are given whole while there is no limit, or they are below it', async () => {
    for (const rowLimit of [null, 10]) {
      const { given, handle } = recorded();

      await smallerBundles(handle, { rowLimit }).process(BUNDLE);

      expect(given).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    }
  });

  it('are given in parts, whose answers name rows of the whole', async () => {
    const { given, handle } = recorded();

    const { batches, timing } = await smallerBundles(handle, { rowLimit: 4 }).process(BUNDLE);

    expect(given).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(held(batches).map(({ rowSelection }) => [...rowSelection!])).toEqual([[1, 2, 3], [5, 6, 7], [9]]);
    expect(timing).toMatchObject({ pythonNs: [15], calls: [10], totalNs: 24 });
  });

  it('heed a limit that falls on the way', async () => {
    const { given, handle } = recorded();
    const worker = {
      get rowLimit() {
        return given.length === 0 ? 6 : 2;
      },
    };

    await smallerBundles(handle, worker).process(BUNDLE);

    expect(given.map((rows) => rows.length)).toEqual([6, 2, 2]);
  });

  it('name the row of an error in the whole bundle', async () => {
    const { handle } = recorded(6);

    await expect(smallerBundles(handle, { rowLimit: 4 }).process(BUNDLE)).rejects.toMatchObject({
      message: 'Function f failed in row 6.',
      details: { row: 6 },
    });
  });
});
