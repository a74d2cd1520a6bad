/** `check --portable` against the answers of a real Flink (`npm run test:oracle -- portability`). */
import { describe, expect, it } from 'vitest';
import { Session, type SessionOptions } from '../../../operators/index.js';
import { corpusFolder, readVerdicts, setUp } from '../../oracle/portability/corpus.js';

describe('the portability check', () => {
  it.each([
    ['2.3', 'batch'],
    ['2.3', 'streaming'],
    ['1.20', 'batch'],
    ['1.20', 'streaming'],
  ] as const)(
    'has the verdict of Flink %s for each statement in %s mode',
    async (version, mode) => {
      const session = await Session.open(options(mode));
      try {
        for await (const result of session.portability(`${setUp().join(';\n')};`, version))
          expect(result.kind === 'portability' && result.findings).toEqual([]);
        const different: string[] = [];
        let compared = 0;
        for (const { sql, [mode]: reason } of readVerdicts(version)) {
          for await (const result of session.portability(sql, version)) {
            // What does not run here is no job that could go to Flink.
            if (result.kind === 'wrong') continue;
            compared += 1;
            // What Flink does otherwise when it runs, its EXPLAIN does not say.
            const isPortable = result.findings.every(
              ({ effect }) => effect === 'dropped' || effect === 'differs',
            );
            if (isPortable !== (reason === null)) different.push(`${sql}\n  Flink: ${reason ?? 'plans it'}`);
          }
        }
        expect(different).toEqual([]);
        expect(compared).toBeGreaterThan(300);
      } finally {
        await session.close();
      }
    },
    120_000,
  );
});

function options(mode: 'batch' | 'streaming'): SessionOptions {
  return {
    configuration: { 'python.files': corpusFolder },
    workingDirectory: corpusFolder,
    jobFolder: null,
    onLog: () => {},
    onProgress: () => {},
    onNote: () => {},
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode,
  };
}
