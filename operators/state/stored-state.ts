/** What lies in a checkpoint or savepoint, to be looked at without running its job. */
import {
  ConfigurationError,
  decodeSnapshot,
  nearNames,
  readCheckpoint,
  type SqlValue,
  type StateEntry,
  type StoredCheckpoint,
  type StoredStage,
} from '../../core/index.js';
import { checkpointFolder } from '../ports/checkpoint-folder.js';
import { listingResult } from '../session/listing-result.js';
import type { RowsResult } from '../session/session-types.js';
import { type ShowPickles, shownPickles } from './python-values.js';
import { keyJson, stateJson } from './state-json.js';

/** Which entries are wanted; null: all. */
export interface StateFilter {
  readonly stage: string | null;
  readonly state: string | null;
  /** As JSON text. */
  readonly key: string | null;
}

/** The first byte of an Arrow IPC stream; positions of sources and parts of sinks are JSON. */
const CONTINUATION = 0xff;

/**
 * One row for each state of each stage: how many entries, and the bytes of the stage's file.
 * @param path as `execution.state-recovery.path`
 * @throws {SourceError} CHECKPOINT_NOT_FOUND, CHECKPOINT_DAMAGED
 */
export async function listStates(path: string): Promise<RowsResult> {
  const { stages } = await readCheckpoint(checkpointFolder(path));
  const rows = stages.flatMap((stage) => {
    const counts = new Map<string, number>();
    for (const { state } of entriesOf(stage)) counts.set(state, (counts.get(state) ?? 0) + 1);
    const bytes = stage.state instanceof Uint8Array ? String(stage.state.length) : '0';
    return [...counts].map(([state, count]) => [stage.id, stage.description, state, String(count), bytes]);
  });
  return listingResult({ columns: ['stage', 'operator', 'state', 'entries', 'stage_bytes'], rows });
}

/**
 * One row for each entry. Keys are JSON lists of their values, values JSON as the operator keeps them; `show` reads what Python
 * keeps.
 * @throws as `listStates`; {ConfigurationError} STATE_NOT_FOUND where the checkpoint has no such stage or state, STATE_KEY where the key is no JSON
 */
export async function readStates(path: string, filter: StateFilter, show: ShowPickles): Promise<RowsResult> {
  const checkpoint = await readCheckpoint(checkpointFolder(path));
  const found: {
    readonly place: readonly (string | null)[];
    readonly value: SqlValue;
    readonly json: string | null;
  }[] = [];
  const wanted = filter.key === null ? null : keyText(filter.key);
  for (const stage of stagesOf(checkpoint, filter)) {
    for (const { state, keyGroup, key, value } of entriesOf(stage)) {
      if (filter.state !== null && state !== filter.state) continue;
      const shown = key === null ? null : keyJson(key);
      if (wanted !== null && shown !== wanted && shown !== `[${wanted}]`) continue;
      const place = [stage.id, state, keyGroup === null ? null : String(keyGroup), shown];
      // What is no table of entries is JSON as it stands.
      found.push({ place, value, json: isTable(stage) ? null : (value as string) });
    }
  }
  const values = found.map(({ value }) => value);
  const showBytes = await shownPickles(values, show);
  const rows = found.map(({ place, value, json }) => [...place, json ?? stateJson(value, showBytes)]);
  return listingResult({ columns: ['stage', 'state', 'key_group', 'key', 'value'], rows });
}

function stagesOf({ stages }: StoredCheckpoint, { stage, state }: StateFilter): readonly StoredStage[] {
  const ids = stages.map(({ id }) => id);
  if (stage !== null && !ids.includes(stage)) throw notFound('stage', stage, ids);
  const wanted = stages.filter(({ id }) => stage === null || id === stage);
  if (state === null) return wanted;
  const names = new Set(wanted.flatMap((each) => [...entriesOf(each)].map((entry) => entry.state)));
  if (!names.has(state)) throw notFound('state', state, [...names]);
  return wanted;
}

/** A key without spaces, as it is shown. @throws {ConfigurationError} STATE_KEY */
function keyText(text: string): string {
  try {
    JSON.parse(text);
    return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
  } catch (cause) {
    throw new ConfigurationError('STATE_KEY', `The key ${text} is no JSON.`, {
      hint: `Write the values of the key as they are shown without it: '["de",42]'.`,
      cause,
    });
  }
}

function* entriesOf(stage: StoredStage): Generator<StateEntry> {
  const { state, keeps } = stage;
  if (!(state instanceof Uint8Array)) return;
  if (isTable(stage)) yield* decodeSnapshot(state);
  else {
    const name = keeps === 'position' ? 'position' : 'parts';
    yield { state: name, keyGroup: null, key: null, value: new TextDecoder().decode(state) };
  }
}

function isTable({ state }: StoredStage): boolean {
  return state instanceof Uint8Array && state[0] === CONTINUATION;
}

function notFound(what: string, name: string, known: readonly string[]): ConfigurationError {
  const near = nearNames(name, known);
  return new ConfigurationError('STATE_NOT_FOUND', `The checkpoint has no ${what} '${name}'.`, {
    hint:
      near.length > 0
        ? `Did you mean '${near.join("' or '")}'?`
        : known.length === 0
          ? 'It holds none.'
          : `It has: ${known.join(', ')}.`,
  });
}
