/**
 * A SQL value in JavaScript, exact, by the kind of its type:
 * BOOLEAN boolean; TINYINT, SMALLINT, INT, FLOAT, DOUBLE number; BIGINT bigint; DECIMAL text with its scale;
 * CHAR, VARCHAR, STRING string; BINARY, VARBINARY, BYTES Uint8Array; DATE days since 1970-01-01 (number); TIME
 * microseconds of the day (number); TIMESTAMP, TIMESTAMP_LTZ microseconds since 1970-01-01, or nanoseconds where
 * the precision is above 6 (bigint); INTERVAL_YEAR_MONTH months (number); INTERVAL_DAY_TIME milliseconds (bigint);
 * ARRAY and ROW lists; MAP and MULTISET lists of [key, value]; NULL null.
 */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array | readonly SqlValue[];
