"""`batch="pandas"`, `func_type="pandas"`: Series."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..codec import Codec, Dialect, codec_for
from ..codec.nested import RowCodec
from .base import Misfit, Vectors, import_package
from .fit import fields_by_name, fit, fit_field


class PandasVectors(Vectors):
    """Numbers and booleans with NULLs are pandas' nullable ones: integers never become floats, NaN is not
    NULL. Timestamps and intervals are pandas' own; other types are objects as row functions see them.

    The index of a result does not count: its values are taken by position. A ROW may be a DataFrame. Missing
    values (None, pd.NA, NaT; NaN where it is no number of the declared type) are NULL. Functions declared
    through PyFlink see what it gives them: floats with NaN for NULL, and NaN is NULL in their results; ROW
    as DataFrame, ARRAY as numpy arrays, booleans with NULLs as objects.
    """

    package = "pandas"
    takes_scalars = True

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        pd = self._pd = import_package(self.package)
        self._nullable = {
            pa.int8(): pd.Int8Dtype(), pa.int16(): pd.Int16Dtype(),
            pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype(),
        }  # fmt: skip
        if not dialect.pyflink:
            self._nullable |= {
                pa.bool_(): pd.BooleanDtype(),
                pa.float32(): pd.Float32Dtype(), pa.float64(): pd.Float64Dtype(),
            }  # fmt: skip

    def from_array(self, array: pa.Array, codec: Codec) -> Any:
        t, kind = pa.types, array.type
        if array.null_count > 0 and kind in self._nullable and codec.data_type.kind != "INTERVAL_DAY_TIME":
            return self._masked(array)
        if codec.data_type.kind == "INTERVAL_DAY_TIME":
            return self._pd.Series(array.cast(pa.duration("ms")).to_numpy(zero_copy_only=False))
        if t.is_integer(kind) or t.is_floating(kind):
            return self._pd.Series(array.to_numpy(zero_copy_only=False, writable=True))
        if t.is_timestamp(kind):
            series = array.to_pandas()
            return series if kind.tz is None else series.dt.tz_convert(self.dialect.zone)
        if t.is_boolean(kind) and array.null_count == 0:
            return array.to_pandas()
        if self.dialect.pyflink and isinstance(codec, RowCodec):
            return self._frame(array, codec)
        if self.dialect.pyflink and t.is_list(kind):
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
            return codec.encode([None if self._is_missing(v, codec) else v for v in result.tolist()])
        if self._nan_is_number(codec):
            return fit(self._floats(result), codec.data_type, self.dialect)
        return fit(pa.array(result, from_pandas=True), codec.data_type, self.dialect, gaps_are_nan=True)

    def scalar(self, result: Any, codec: Codec) -> Any:
        value = super().scalar(result, codec)
        if self._is_missing(value, codec):
            return None
        if isinstance(value, float) and pa.types.is_integer(codec.arrow_type):
            return int(value) if self.dialect.pyflink or value.is_integer() else value
        return value

    def _masked(self, array: pa.Array) -> Any:
        if not pa.types.is_floating(array.type):
            return self._pd.Series(self._nullable[array.type].__from_arrow__(array))
        # Not by `__from_arrow__`, which takes NaN for missing from pandas 3 on.
        values = array.fill_null(0).to_numpy(zero_copy_only=False, writable=True)
        mask = array.is_null().to_numpy(zero_copy_only=False)
        return self._pd.Series(self._pd.arrays.FloatingArray(values, mask))

    def _frame(self, array: pa.Array, codec: RowCodec) -> Any:
        columns = [
            self.from_array(c, child) for c, child in zip(array.flatten(), codec.children, strict=True)
        ]
        frame = self._pd.concat(columns, axis=1) if columns else self._pd.DataFrame(index=range(len(array)))
        frame.columns = [field.name for field in codec.data_type.fields]
        return frame

    def _is_missing(self, value: Any, codec: Codec) -> bool:
        if value is None or value is self._pd.NA or value is self._pd.NaT:
            return True
        return isinstance(value, float) and value != value and not self._nan_is_number(codec)

    def _nan_is_number(self, codec: Codec) -> bool:
        return codec.data_type.kind in ("FLOAT", "DOUBLE") and not self.dialect.pyflink

    def _floats(self, series: Any) -> pa.Array:
        """The column with NaN where the Series has NaN, NULL where it has NA."""
        dtype = series.dtype
        if self._pd.api.types.is_extension_array_dtype(dtype) and dtype.kind == "f":
            values = series.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
            return pa.array(values, mask=series.isna().to_numpy())
        return pa.array(series, from_pandas=dtype.kind != "f")

    def _from_frame(self, frame: Any, codec: Codec) -> pa.Array:
        if not isinstance(codec, RowCodec):
            raise Misfit("a DataFrame, which is a ROW")
        fields = codec.data_type.fields
        order = fields_by_name([str(label) for label in frame.columns], [field.name for field in fields])
        columns = []
        for i, field in zip(order, fields, strict=True):
            column = self.from_result(frame.iloc[:, i], codec_for(field.type, self.dialect))
            columns.append(fit_field(column, field, None, lambda c, _: c))
        return pa.StructArray.from_arrays(columns, fields=list(codec.arrow_type))
