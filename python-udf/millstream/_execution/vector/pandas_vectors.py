"""`batch="pandas"`, `func_type="pandas"`: Series. NaN, None and NaT come back as NULL, as in PyFlink."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..codec import Codec, Dialect
from ..codec.nested import RowCodec
from .base import Misfit, Vectors, import_package
from .fit import fit


class PandasVectors(Vectors):
    """Integers with NULLs are pandas' nullable ones, never floats; text and bytes are objects with None.

    The index of a result does not count: its values are taken by position.
    """

    package = "pandas"
    takes_scalars = True

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._pd = import_package(self.package)
        self._nullable = {
            pa.int8(): self._pd.Int8Dtype(),
            pa.int16(): self._pd.Int16Dtype(),
            pa.int32(): self._pd.Int32Dtype(),
            pa.int64(): self._pd.Int64Dtype(),
        }

    def from_array(self, array: pa.Array, codec: Codec) -> Any:
        t, kind = pa.types, array.type
        if t.is_integer(kind) and array.null_count > 0:
            return array.to_pandas(types_mapper=self._nullable.get)
        if t.is_integer(kind) or t.is_floating(kind):
            return self._pd.Series(array.to_numpy(zero_copy_only=False, writable=True))
        if t.is_timestamp(kind):
            series = array.to_pandas()
            return series if kind.tz is None else series.dt.tz_convert(self.dialect.zone)
        if t.is_boolean(kind) and array.null_count == 0:
            return array.to_pandas()
        return self._pd.Series(list(codec.decode(array)), dtype=object)

    def from_result(self, result: Any, codec: Codec) -> pa.Array:
        if isinstance(result, self._pd.DataFrame):
            return self._from_frame(result, codec)
        if isinstance(result, self._pd.Index) or type(result).__name__ == "ndarray":
            result = self._pd.Series(result)
        if not isinstance(result, self._pd.Series):
            raise Misfit(f"a value of type {type(result).__name__}, not a pandas.Series")
        if result.dtype == object:
            missing = result.map(lambda v: v is None or v is self._pd.NA or v is self._pd.NaT or v != v)
            return codec.encode(
                [None if m else v for v, m in zip(result.tolist(), missing.tolist(), strict=True)]
            )
        return fit(pa.array(result, from_pandas=True), codec, self.dialect, integral_floats=True)

    def scalar(self, result: Any, codec: Codec) -> Any:
        value = super().scalar(result, codec)
        if value is self._pd.NA or value is self._pd.NaT or (isinstance(value, float) and value != value):
            return None
        if isinstance(value, float) and pa.types.is_integer(codec.arrow_type):
            return int(value) if self.dialect.truncates or value.is_integer() else value
        return value

    def _from_frame(self, frame: Any, codec: Codec) -> pa.Array:
        if not isinstance(codec, RowCodec):
            raise Misfit("a DataFrame, which is a ROW")
        children, fields = codec.children, codec.data_type.fields
        if len(frame.columns) != len(fields):
            names = ", ".join(field.name for field in fields)
            raise Misfit(f"a DataFrame of {len(frame.columns)} columns, expected {len(fields)}: {names}")
        columns = [self.from_result(frame.iloc[:, i], child) for i, child in enumerate(children)]
        return pa.StructArray.from_arrays(columns, fields=list(codec.arrow_type))
