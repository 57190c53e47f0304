"""Which BLAS NumPy really runs on. numpy.show_config() tells what it was built with; on Debian the library behind
libblas.so.3 is chosen at run time, so the libraries in this process's memory are looked at instead."""

import ctypes
import re

import scipy.linalg  # noqa: F401  loads BLAS and LAPACK


class NotOpenBlas(Exception):
    pass


def loaded_libraries():
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split(maxsplit=5)[5].strip() for line in maps if len(line.split(maxsplit=5)) == 6}
    except OSError:
        raise NotOpenBlas("cannot tell which BLAS NumPy uses: this system has no /proc/self/maps") from None
    return sorted(paths)


# How OpenBLAS exports its functions: Debian's, and those inside the packages from PyPI.
DECORATIONS = ["{}", "{}64_", "scipy_{}", "scipy_{}64_"]


def call_for_text(library, function):
    for decoration in DECORATIONS:
        symbol = getattr(library, decoration.format(function), None)
        if symbol is not None:
            symbol.restype = ctypes.c_char_p
            return symbol().decode()
    return None


def describe():
    """OpenBLAS's own description of itself; raises NotOpenBlas where NumPy runs on something else."""
    # The libraries that do the work; libraries of Python modules have "cpython" in their names. All must be OpenBLAS's: on
    # Debian BLAS and LAPACK are chosen apart, and one may come from OpenBLAS while the other does not.
    libraries = [path for path in loaded_libraries() if re.search("blas|lapack", path, re.IGNORECASE)]
    libraries = [path for path in libraries if "cpython" not in path]
    others = [path for path in libraries if "openblas" not in path.lower()]
    if others or not libraries:
        raise NotOpenBlas(
            f"NumPy and SciPy must run on OpenBLAS here, got {', '.join(others) or 'an unknown BLAS'}. Debian's reference "
            "BLAS is about 20 times slower, and a comparison with it would flatter us. Install OpenBLAS: "
            "apt-get install libopenblas0-pthread"
        )
    for path in libraries:
        library = ctypes.CDLL(path)
        config = call_for_text(library, "openblas_get_config")
        if config is not None:
            return f"{config.strip()}, kernel {call_for_text(library, 'openblas_get_corename')}"
    return libraries[0]
