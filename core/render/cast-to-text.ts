/** Values as text, in the form of Flink's CAST to STRING (the JVM's for floating point). */
import type { DataType } from '../types/data-type.js';
import { castTo, operand, quoteIdentifier } from './sql-text.js';

/** Text of a value; NULL stays NULL. */
export function castToText(sql: string, from: DataType): string {
  switch (from.kind) {
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return sql;
    case 'BOOLEAN':
      return `upper(${castTo(sql, 'VARCHAR')})`;
    case 'FLOAT':
    case 'DOUBLE':
      return floatText(sql);
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return `decode(${sql})`;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return timestampText(sql, from.precision);
    case 'INTERVAL_YEAR_MONTH':
      return yearMonthText(sql);
    case 'INTERVAL_DAY_TIME':
      return dayTimeText(sql);
    case 'ARRAY':
      return `'[' || array_to_string(list_transform(${sql}, lambda e: ${item('e', from.element)}), ', ') || ']'`;
    case 'MAP':
      return `'{' || array_to_string(list_transform(map_entries(${sql}), lambda entry_: ${entry(from)}), ', ') || '}'`;
    case 'ROW': {
      const base = operand(sql);
      const fields = from.fields.map((f) => item(`${base}.${quoteIdentifier(f.name)}`, f.type));
      return `CASE WHEN ${base} IS NOT NULL THEN concat('(', ${fields.join(", ', ', ")}, ')') END`;
    }
    default:
      return castTo(sql, 'VARCHAR');
  }
}

const item = (sql: string, type: DataType): string => `coalesce(${castToText(sql, type)}, 'NULL')`;

function entry(type: { readonly key: DataType; readonly value: DataType }): string {
  return `concat(${item('entry_.key', type.key)}, '=', ${item('entry_.value', type.value)})`;
}

/** Months as `+1-03`. */
function yearMonthText(sql: string): string {
  const months = `abs(${sql})`;
  return `printf('%s%d-%02d', ${sign(sql)}, ${months} // 12, ${months} % 12)`;
}

/** Milliseconds as `+1 02:03:04.567`. */
function dayTimeText(sql: string): string {
  const length = `abs(${sql})`;
  const parts = [86_400_000, 3_600_000, 60_000, 1_000, 1].map((unit, i, all) =>
    i === 0 ? `${length} // ${unit}` : `${length} % ${all[i - 1]} // ${unit}`,
  );
  return `printf('%s%d %02d:%02d:%02d.%03d', ${sign(sql)}, ${parts.join(', ')})`;
}

const sign = (sql: string): string => `CASE WHEN ${operand(sql)} < 0 THEN '-' ELSE '+' END`;

/** All digits of the precision are written, zeros too. */
function timestampText(sql: string, precision: number): string {
  const format = '%Y-%m-%d %H:%M:%S';
  if (precision === 0) return `strftime(${sql}, '${format}')`;
  if (precision === 3) return `strftime(${sql}, '${format}.%g')`;
  if (precision === 6) return `strftime(${sql}, '${format}.%f')`;
  const full = `strftime(${sql}, '${format}.${precision > 6 ? '%n' : '%f'}')`;
  return precision === 9 ? full : `left(${full}, ${20 + precision})`;
}

/**
 * DuckDB and the JVM write the same digits between 10^-3 and 10^7; outside, the JVM writes `1.5E10`, here put together
 * from the digits of DuckDB's text.
 */
function floatText(sql: string): string {
  const value = operand(sql);
  const text = castTo(sql, 'VARCHAR');
  return (
    `CASE WHEN ${value} = 0 OR abs(${value}) >= 0.001 AND abs(${value}) < 10000000 THEN ${text} ` +
    `WHEN isnan(${value}) THEN 'NaN' WHEN isinf(${value}) THEN CASE WHEN ${value} > 0 THEN 'Infinity' ELSE '-Infinity' END ` +
    `ELSE ${scientific(text)} END`
  );
}

/** `-12345678.9` → `-1.23456789E7`, `1e-05` → `1.0E-5`. */
function scientific(text: string): string {
  const sign = `regexp_extract(${text}, '^-')`;
  const mantissa = `regexp_extract(${text}, '^-?([0-9.]+)', 1)`;
  const digits = `trim(replace(${mantissa}, '.', ''), '0')`;
  const fraction = `coalesce(nullif(substring(${digits}, 2), ''), '0')`;
  const whole = `split_part(${mantissa}, '.', 1)`;
  const decimals = `split_part(${mantissa}, '.', 2)`;
  const written = `coalesce(TRY_CAST(regexp_extract(${text}, 'e(.*)$', 1) AS INTEGER), 0)`;
  const shift = `CASE WHEN ${whole} = '0' THEN length(ltrim(${decimals}, '0')) - length(${decimals}) - 1 ELSE length(${whole}) - 1 END`;
  return `${sign} || left(${digits}, 1) || '.' || ${fraction} || 'E' || CAST(${written} + ${shift} AS VARCHAR)`;
}
