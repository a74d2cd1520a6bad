/** A job that has nothing to say. */
import type { JobVoice } from '../../operators/ledger/job-status.js';

export const SILENT_VOICE: JobVoice = {
  status: () => ({
    state: 'idle',
    mode: null,
    rows: null,
    totalRows: null,
    seconds: null,
    waitsFor: null,
    usedBytes: 0,
    workers: [],
  }),
  stacks: async () => [],
  stop: async () => '',
};
