// Wishart matrices through their triangular factors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/random/stream.hpp"

namespace madloop::random {

/// A factor A with A A^T ~ Wishart_rows(I, dof), for any dof >= 0, also dof < rows (a singular matrix).
///
/// `out` is column-major, rows x min(rows, dof), leading dimension rows: lower trapezoidal with
/// out_jj = sqrt(chi^2 with dof - j degrees of freedom), j from 0, standard normals below, zeros above.
/// (Bartlett 1933; Odell & Feiveson 1966.)
///
/// Why this holds for dof < rows too: the Wishart matrix is G G^T for a rows x dof matrix G of standard
/// normals. Rotate the columns of G (G -> G Q, which leaves G G^T alone) so that its first row becomes (norm,
/// 0, ..., 0): the norm is chi with dof degrees of freedom, and as Q depends on that row only, the other rows
/// are still independent standard normals. Go on with row 1 and the dof - 1 columns left. After min(rows, dof)
/// steps rows or columns are used up, and G Q has the form above.
///
/// Takes the stream's normals from block 0 on and its chi-squares from block 2^39 on.
/// Cost: rows * min(rows, dof) values, about half of them random; no allocation.
/// Errors: internal where the stream has too few blocks (rows of about a million and more).
void bartlettFactor(Stream const& stream, std::size_t rows, std::uint64_t dof, double* out);

}  // namespace madloop::random
