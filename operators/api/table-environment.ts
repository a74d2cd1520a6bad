/** The entry point of TypeScript programs: one session with its catalog and warm workers, and the tables in it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type * as arrow from 'apache-arrow';
import {
  type Column,
  CancelledError,
  ConfigurationError,
  parseStatement,
  PlanError,
  SourceError,
  UdfError,
} from '../../core/index.js';
import { Session } from '../session/session.js';
import type { RowsResult, StatementResult } from '../session/session-types.js';
import { MemorySource, type MemoryRows } from '../sources/memory.js';
import type { ArrowInput } from './arrow-input.js';
import { recordBatchesOf } from './arrow-input.js';
import { columnsOfArrow, type RecordOfArrow } from './arrow-type.js';
import { declaredFunctions } from './declared-functions.js';
import { type EnvironmentOptions, sessionOptions } from './environment-options.js';
import { type Items, rowsOfArrow, rowsOfRecords } from './memory-rows.js';
import { firstOf } from './first-of.js';
import { type PythonFunctions, pythonFunction, type Signatures } from './python-function.js';
import { namedRelation, type Relation } from './relation.js';
import { SchemaClaim } from './schema-claim.js';
import * as syntax from './syntax.js';
import { Table, type UntypedRecord } from './table.js';
import type { TableHost } from './table-host.js';
import type { RecordInput, TableSchema } from './table-schema.js';
