/** CREATE TABLE … LIKE: what of the source is taken over, as the options behind it say. */
import {
  type CatalogManager,
  type LikeClause,
  type LikeOption,
  PlanError,
  pathText,
  type TableColumn,
  type TableEntry,
} from '../../core/index.js';

type Feature = LikeOption['feature'];
type Strategy = LikeOption['strategy'];

/** Where nothing is written: everything, and options that are written win. */
const DEFAULTS: Readonly<Record<Exclude<Feature, 'ALL'>, Strategy>> = {
  CONSTRAINTS: 'INCLUDING',
  DISTRIBUTION: 'INCLUDING',
  GENERATED: 'INCLUDING',
  METADATA: 'INCLUDING',
  OPTIONS: 'OVERWRITING',
  PARTITIONS: 'INCLUDING',
  WATERMARKS: 'INCLUDING',
};

/**
 * The written table with what it takes over from its source, whose columns stand first.
 * @throws {PlanError} SQL_INVALID where both have what only one may, {SqlError} for a source that is not there
 */
export function likeTable(written: TableEntry, like: LikeClause, catalogs: CatalogManager): TableEntry {
  const path = catalogs.qualify(like.source.parts.map((part) => part.name));
  const source = catalogs.relation(path);
  if (source === null || source.kind === 'view') throw catalogs.unknownRelation(path);
  const strategies = strategiesOf(like.options);
  const name = pathText(path);
  const keys = strategies.CONSTRAINTS !== 'EXCLUDING' ? source.primaryKey : null;
  const partitions = strategies.PARTITIONS !== 'EXCLUDING' ? source.partitionedBy : [];
  if (keys !== null && written.primaryKey !== null) throw twice(`${name} has a primary key`, 'CONSTRAINTS');
  if (partitions.length > 0 && written.partitionedBy.length > 0)
    throw twice(`${name} is partitioned`, 'PARTITIONS');
  return {
    ...written,
    columns: mergedColumns(source, written, strategies, name),
    watermark: mergedWatermark(source, written, strategies, name),
    primaryKey: written.primaryKey ?? keys,
    partitionedBy: written.partitionedBy.length > 0 ? written.partitionedBy : partitions,
    options: mergedOptions(source, written, strategies, name),
  };
}

function strategiesOf(options: readonly LikeOption[]): Record<Exclude<Feature, 'ALL'>, Strategy> {
  const all = options.find(({ feature }) => feature === 'ALL')?.strategy;
  const chosen: Record<string, Strategy> =
    all === undefined ? { ...DEFAULTS } : Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, all]));
  const seen = new Set<Feature>();
  for (const { feature, strategy } of options) {
    if (seen.has(feature)) throw invalid(`LIKE names ${feature} twice.`, 'Name each feature once.');
    seen.add(feature);
    const whole =
      feature === 'ALL' ||
      feature === 'CONSTRAINTS' ||
      feature === 'PARTITIONS' ||
      feature === 'DISTRIBUTION';
    if (whole && strategy === 'OVERWRITING') {
      throw invalid(
        `LIKE cannot say OVERWRITING ${feature}.`,
        `Write INCLUDING ${feature} or EXCLUDING ${feature}.`,
      );
    }
    if (feature !== 'ALL') chosen[feature] = strategy;
  }
  return chosen as Record<Exclude<Feature, 'ALL'>, Strategy>;
}

const FEATURE_OF = { computed: 'GENERATED', metadata: 'METADATA' } as const;

function mergedColumns(
  source: TableEntry,
  written: TableEntry,
  strategies: Readonly<Record<Exclude<Feature, 'ALL'>, Strategy>>,
  name: string,
): TableColumn[] {
  const kept = source.columns.filter(
    (column) => column.kind === 'physical' || strategies[FEATURE_OF[column.kind]] !== 'EXCLUDING',
  );
  const replaced = new Set<string>();
  for (const column of written.columns) {
    const there = kept.find((candidate) => candidate.name === column.name);
    if (there === undefined) continue;
    const feature = there.kind === 'physical' ? null : FEATURE_OF[there.kind];
    if (there.kind !== column.kind || feature === null || strategies[feature] !== 'OVERWRITING') {
      const hint =
        feature === null
          ? 'Give the new column another name.'
          : `Write OVERWRITING ${feature} or EXCLUDING ${feature}.`;
      throw invalid(`${name} has a column '${column.name}' already.`, hint);
    }
    replaced.add(column.name);
  }
  return [...kept.filter((column) => !replaced.has(column.name)), ...written.columns];
}

function mergedWatermark(
  source: TableEntry,
  written: TableEntry,
  { WATERMARKS }: { readonly WATERMARKS: Strategy },
  name: string,
): TableEntry['watermark'] {
  const base = WATERMARKS === 'EXCLUDING' ? null : source.watermark;
  if (written.watermark === null || base === null || WATERMARKS === 'OVERWRITING')
    return written.watermark ?? base;
  throw twice(`${name} has a watermark`, 'WATERMARKS');
}

function mergedOptions(
  source: TableEntry,
  written: TableEntry,
  { OPTIONS }: { readonly OPTIONS: Strategy },
  name: string,
): TableEntry['options'] {
  if (OPTIONS === 'EXCLUDING') return written.options;
  const both = Object.keys(written.options).find((key) => source.options[key] !== undefined);
  if (OPTIONS === 'INCLUDING' && both !== undefined)
    throw twice(`${name} has the option '${both}'`, 'OPTIONS', true);
  return { ...source.options, ...written.options };
}

function twice(what: string, feature: string, canOverwrite = feature === 'WATERMARKS'): PlanError {
  const overwriting = canOverwrite ? `OVERWRITING ${feature} or ` : '';
  return invalid(`${what} already.`, `Write LIKE … (${overwriting}EXCLUDING ${feature}).`);
}

function invalid(message: string, hint: string): PlanError {
  return new PlanError('SQL_INVALID', message, { hint });
}
