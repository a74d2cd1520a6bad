/** Where the benchmark finds things. */
import { fileURLToPath } from 'node:url';

export const BENCH = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** The interpreter of the reference and of the workers: `npm run bench` names it. */
export const PYTHON = process.env.MILLSTREAM_PYTHON ?? 'python3';
