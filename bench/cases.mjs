/**
 * The workloads as SQL: each returns one row with the checksum that the reference loop computes too. `bars`: the speed that is
 * wanted over 10,000,000 rows, by workers.
 */

const FUNCTION = (name) => `CREATE TEMPORARY FUNCTION ${name} AS 'functions.${name}' LANGUAGE PYTHON;`;

/** DDL of the generated file; replaces the table of another one. */
export function createTable(file) {
  return `DROP TEMPORARY TABLE IF EXISTS t;
    CREATE TEMPORARY TABLE t (x DOUBLE, y DOUBLE, k BIGINT, s STRING)
    WITH ('connector' = 'filesystem', 'path' = '${file}', 'format' = 'parquet');`;
}

export function createFunctions() {
  return Object.keys(CASES).map(FUNCTION).join('\n');
}

export const CASES = {
  w1: {
    title: 'row function on two doubles',
    sql: 'SELECT SUM(w1(x, y)) AS checksum FROM t',
    bars: { 1: 1.2, 2: 1.8 },
  },
  w2: {
    title: 'vectorised, bound by memory',
    sql: 'SELECT SUM(w2(x, y)) AS checksum FROM t',
    bars: { 2: 1 },
  },
  w3: {
    title: 'row function on strings',
    sql: 'SELECT SUM(CHAR_LENGTH(w3(s))) AS checksum FROM t',
    bars: { 2: 1.6 },
  },
  w4: {
    title: 'vectorised, bound by the processor',
    sql: 'SELECT SUM(w4(x, y)) AS checksum FROM t',
    bars: { 2: 1.8 },
  },
  w5: {
    title: 'grouped aggregate, accumulate per row, with merge',
    sql: 'SELECT SUM(v) AS checksum FROM (SELECT k, w5(x, y) AS v FROM t GROUP BY k)',
    bars: { 2: 1.5 },
  },
  w5_whole: {
    title: 'the same without merge: rows of a group are sorted together',
    sql: 'SELECT SUM(v) AS checksum FROM (SELECT k, w5_whole(x, y) AS v FROM t GROUP BY k)',
    bars: { 2: 1.5 },
  },
  w5_vectors: {
    title: 'grouped aggregate over vectors, one call for each group',
    sql: 'SELECT SUM(v) AS checksum FROM (SELECT k, w5_vectors(x, y) AS v FROM t GROUP BY k)',
    bars: { 2: 1 },
  },
  w6: {
    title: 'table function',
    sql: 'SELECT SUM(n) AS checksum FROM t, LATERAL TABLE(w6(s)) AS u(word, n)',
    bars: { 2: 1.5 },
  },
};
