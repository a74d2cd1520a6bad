/** The columns of a bundle that only its worker has read: for whoever must see its rows after a failure. */
import type { Bundle, OpenFunctionStage, Worker } from '../../bridge/index.js';

/** A stage's body, and the columns that its functions are given as they are called in the plan. */
export type ReadingStage = Omit<OpenFunctionStage, 'kind'>;

/**
 * The bundle with columns in the place of its split: a stage without functions reads it, in one piece. Rows that the
 * predicate leaves out are not there. Others are given back as they are.
 */
export async function withColumns(
  bundle: Bundle,
  body: ReadingStage,
  worker: () => Promise<Pick<Worker, 'openFunctionStage'>>,
): Promise<Bundle> {
  const { split, ...rest } = bundle;
  const { source } = body;
  if (split === undefined || source === null) return bundle;
  const handle = await (await worker()).openFunctionStage({
    ...body,
    mode: 'scalar',
    steps: [],
    resultSteps: [],
    resultFields: null,
    rowSelection: true,
    partialAggregates: [],
    keyColumns: [],
    overrides: [],
    source: {
      ...source,
      kept: [{ columns: body.input, positions: source.shipped }],
      batchRows: bundle.rows,
      answerRows: bundle.rows,
    },
  });
  try {
    const { batches } = await handle.process(bundle);
    const [part] = batches;
    const piece = part !== undefined && 'load' in part ? await part.load() : part;
    return { ...rest, rows: piece?.rows ?? 0, groups: piece?.kept ?? [] };
  } finally {
    await handle.close();
  }
}
