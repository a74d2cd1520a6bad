"""Two functions of one job with different versions of one package."""

from millstream import udf


@udf(packages=["packaging==21.3"])
def loose(version: str) -> str:
    """The class that packaging 21 makes of any text: also of what is no version."""
    from packaging.version import parse

    return type(parse(version)).__name__


@udf(packages=["packaging==24.0"])
def strict(version: str) -> str:
    """The same question to packaging 24, which knows versions only."""
    from packaging.version import InvalidVersion, parse

    try:
        return type(parse(version)).__name__
    except InvalidVersion:
        return "InvalidVersion"
