/** A function stage that saves the bundle it fails on, and says in the error how to run it again. */
import type { Bundle, BundleResult, FunctionStageHandle } from '../../bridge/index.js';
import { CancelledError, MillstreamError, type SchemaRegistry } from '../../core/index.js';
import { type BundleFacts, saveBundle } from './saved-bundle.js';

/** Where bundles go; `first` is true once for each stage of a job: the rest of its failures only follow. */
export interface BundleSaving {
  readonly folder: string;
  readonly schemas: SchemaRegistry;
  readonly first: () => boolean;
  /** The bundle with its columns, where they never came here. */
  readonly withColumns: (bundle: Bundle) => Promise<Bundle>;
}

/** The handle, whose errors name the saved bundle. */
export function savingStage(
  handle: FunctionStageHandle,
  facts: BundleFacts,
  saving: BundleSaving,
): FunctionStageHandle {
  return {
    output: handle.output,
    process: async (bundle): Promise<BundleResult> => {
      try {
        return await handle.process(bundle);
      } catch (error) {
        throw isAbout(error, bundle) && saving.first()
          ? await withSaved(error, bundle, facts, saving)
          : error;
      }
    },
    close: () => handle.close(),
  };
}

/** A worker's death is told to all bundles in flight; its verdict names the one that it was at. */
function isAbout(error: unknown, { sequence }: Bundle): error is MillstreamError {
  return (
    error instanceof MillstreamError &&
    !(error instanceof CancelledError) &&
    (error.details.bundle === null || error.details.bundle === sequence)
  );
}

async function withSaved(
  error: MillstreamError,
  bundle: Bundle,
  facts: BundleFacts,
  { folder, schemas, withColumns }: BundleSaving,
): Promise<MillstreamError> {
  const whole = await withColumns(bundle).catch(() => null);
  const id = whole === null ? null : saveBundle(folder, facts, whole, error, schemas);
  if (id === null) return error;
  const Kind = error.constructor as typeof MillstreamError;
  const advice = `The bundle was saved: \`millstream replay ${id}\` runs the function on it again, with --pdb in the debugger.`;
  return new Kind(error.code, error.message, {
    details: error.details,
    hint: error.hint === null ? advice : `${error.hint}\n${advice}`,
    cause: error,
  });
}
