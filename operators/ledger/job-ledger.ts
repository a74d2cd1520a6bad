/** Memory of the machine, shared among the jobs of a user by entries in one folder. */
import { randomBytes } from 'node:crypto';
import { watch } from 'node:fs';
import { formatMemory, type LedgerEntry, MIB, nextNumber, ResourceError, turnOf } from '../../core/index.js';
import { type LiveEntry, liveEntries, removeEntry, socketPath, writeEntry } from './entry-file.js';
import { EntrySocket, whenGone } from './entry-socket.js';
import type { JobVoice } from './job-status.js';
import { makeRuntimeFolder } from './runtime-folder.js';

/** What a job asks for. */
export interface ClaimOptions {
  readonly folder: string;
  readonly name: string;
  /** What all jobs together may have. */
  readonly ceilingBytes: number;
  readonly leastBytes: number;
  /** What it needs was counted from its stages: with less it is refused. Absent: it may run with less. */
  readonly isLeastFixed?: boolean;
  /** How much to take of what is free. */
  readonly wanted: (freeBytes: number) => number;
  /** Answers for the job to those who ask. */
  readonly voice: JobVoice;
  /** Called once, at once, where the job must wait: for whom, how much, and how to go on. */
  readonly onWait: (text: string) => void;
  /** Called with those it waits for, whenever they may have changed. */
  readonly onBlocked?: (blockers: readonly LedgerEntry[]) => void;
  /** False: fails instead of waiting. */
  readonly mayWait: boolean;
  readonly signal: AbortSignal;
}

/** Memory that a job has until it gives it back, or dies. */
export interface Claim {
  readonly id: string;
  readonly bytes: number;
  release(): void;
}

/** Beside what wakes a waiting job: the folder's changes, and the ends of those before it. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Resolves when the job has its memory; jobs get it in the order of asking.
 * @throws {ResourceError} RESOURCES_EXCEEDED where the machine is too small, RESOURCES_TAKEN where it may not wait;
 * {EnvironmentError} RUNTIME_FOLDER; the reason of the signal
 */
export async function claimMemory(options: ClaimOptions): Promise<Claim> {
  const { folder, signal } = options;
  signal.throwIfAborted();
  if (options.leastBytes > options.ceilingBytes) throw tooLarge(options);
  makeRuntimeFolder(folder);
  const id = randomBytes(4).toString('hex');
  const socket = await EntrySocket.listen(socketPath(folder, id), options.voice);
  const leave = () => {
    process.off('exit', leave);
    removeEntry(folder, id);
    socket.close();
  };
  process.once('exit', leave);
  try {
    let mine: LiveEntry = {
      id,
      number: null,
      name: options.name,
      pid: process.pid,
      leastBytes: options.leastBytes,
      grantedBytes: null,
      since: new Date().toISOString(),
    };
    writeEntry(folder, mine);
    mine = { ...mine, number: nextNumber(await others(folder, id)) };
    writeEntry(folder, mine);
    const bytes = await waitForTurn(mine, options);
    writeEntry(folder, { ...mine, grantedBytes: bytes });
    return { id, bytes, release: leave };
  } catch (error) {
    leave();
    throw error;
  }
}

async function waitForTurn(mine: LedgerEntry, options: ClaimOptions): Promise<number> {
  const { folder, signal } = options;
  let hasSaid = false;
  for (;;) {
    // Begins to listen before it looks, so that no change is missed.
    const done = new AbortController();
    const changed = nextChange(folder, AbortSignal.any([signal, done.signal]));
    try {
      const turn = turnOf(mine, await others(folder, mine.id), options.ceilingBytes, options.wanted);
      signal.throwIfAborted();
      if (turn.kind === 'go') return turn.grantedBytes;
      options.onBlocked?.(turn.blockers);
      // Somebody who only chooses is done in a moment, and not worth a word.
      if (turn.blockers.some((entry) => entry.number !== null)) {
        const text = describeWait(mine, turn.blockers, turn.freeBytes, options.ceilingBytes);
        if (!options.mayWait) throw new ResourceError('RESOURCES_TAKEN', text, { hint: NO_WAIT_HINT });
        if (!hasSaid)
          options.onWait(
            `${text} ${waitHint(mine, turn.blockers, turn.freeBytes, options.isLeastFixed ?? false)}`,
          );
        hasSaid = true;
      }
      const gone = turn.blockers.map(({ id }) => whenGone(socketPath(folder, id), done.signal));
      await Promise.race([changed, ...gone]);
    } finally {
      done.abort();
    }
  }
}

async function others(folder: string, id: string): Promise<LiveEntry[]> {
  return (await liveEntries(folder)).filter((entry) => entry.id !== id);
}

/** Resolves when an entry was written or removed, when `signal` aborts, or after some time. */
function nextChange(folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let close = () => {};
    const end = () => {
      clearTimeout(timer);
      close();
      resolve();
    };
    const timer = setTimeout(end, LOOK_AGAIN_MS);
    try {
      const watcher = watch(folder, (_, name) => {
        if (name?.endsWith('.json') === true) end();
      });
      watcher.on('error', () => undefined);
      close = () => watcher.close();
    } catch {
      // No more watches are to be had: the timer remains.
    }
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

function describeWait(
  mine: LedgerEntry,
  blockers: readonly LedgerEntry[],
  freeBytes: number,
  ceilingBytes: number,
): string {
  return (
    `${mine.name} needs ${formatMemory(mine.leastBytes)} of memory; ${formatMemory(freeBytes)} of ` +
    `${formatMemory(ceilingBytes)} is free: ${describeHolders(blockers)}.`
  );
}

/** Who has the memory that a job waits for, or asked for it before. */
export function describeHolders(blockers: readonly LedgerEntry[]): string {
  const holders = blockers.map(({ name, pid, grantedBytes }) =>
    grantedBytes === null
      ? `${name} (pid ${pid}) asked before`
      : `${name} (pid ${pid}) has ${formatMemory(grantedBytes)}`,
  );
  return holders.join(', ');
}

const NO_WAIT_HINT = 'Run it without --no-wait, lower millstream.memory, or end one of them.';

/** Less memory is proposed where there is too little, not where others asked before. */
function waitHint(
  { leastBytes, pid }: LedgerEntry,
  blockers: readonly LedgerEntry[],
  freeBytes: number,
  isLeastFixed: boolean,
): string {
  if (blockers.some((entry) => entry.pid === pid)) return OWN_PROGRAM_HINT;
  const lowers = !isLeastFixed && freeBytes >= LEAST_USEFUL_BYTES && freeBytes < leastBytes;
  const lower = lowers ? `-D millstream.memory='${Math.floor(freeBytes / MIB)} MiB' or ` : '';
  return `It waits and goes on by itself. To go on now: ${lower}end one of them. Ctrl-C gives up, --no-wait fails instead.`;
}

const OWN_PROGRAM_HINT =
  "It goes on when the other session of this program is closed. Set 'millstream.memory' for both ('2 GiB') to have them side by side.";

/** Less than that runs no job, so it is not proposed. */
const LEAST_USEFUL_BYTES = 700 * MIB;

function tooLarge({ name, leastBytes, ceilingBytes }: ClaimOptions): ResourceError {
  return new ResourceError(
    'RESOURCES_EXCEEDED',
    `${name} needs ${formatMemory(leastBytes)} of memory; this machine, or its container, has ${formatMemory(ceilingBytes)}.`,
    { hint: `Set 'millstream.memory' to ${Math.floor(ceilingBytes / MIB)} MiB or less.` },
  );
}
