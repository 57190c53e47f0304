#include "core/linalg/parallel_product.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/base/parallel.hpp"
#include "core/linalg/tile_product.hpp"

namespace madloop::linalg {

namespace {

/// Edge of a tile: large enough for packing to cost little beside the product, small enough to share out. A
/// multiple of the kernels' shapes.
constexpr Index kTile = 192;

/// Rows of a product with a symmetric matrix that are one piece of work.
constexpr Index kSymmetricTile = 96;

/// Multiplications of a product that is not worth a thread.
constexpr Index kSmall = Index{1} << 17;

struct Tile {
  IndexRange rows;
  IndexRange columns;
};

std::vector<Tile> tilesOf(Index rows, Index columns, bool lower) {
  std::vector<Tile> tiles;
  for (Index j = 0; j < columns; j += kTile) {
    for (Index i = lower ? j : 0; i < rows; i += kTile)
      tiles.push_back({pieceFrom(i, {0, rows}, kTile), pieceFrom(j, {0, columns}, kTile)});
  }
  return tiles;
}

/// The inner indices taken at a time: a packed tile of one factor stays in a second-level cache.
constexpr Index kDepth = 256;

/// A factor of a product as its lines: rows or columns, as many as the result has of them.
struct Operand {
  ConstMatrixBlock const& m;
  bool areRows;
  double factor;  // what they are multiplied by
};

using Packet = Eigen::internal::packet_traits<double>::type;
constexpr Index kLanes = Eigen::internal::packet_traits<double>::size;
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // a vector's alignment, as a template argument
#endif
using PacketSquare = Eigen::internal::PacketBlock<Packet, kLanes>;
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/// Packs whole panels of kHeight lines from line `first` on over the inner indices k: inner index after inner
/// index, line beside line.
template <Index kHeight>
void packPanels(Operand const& operand, Index first, Index panels, IndexRange k, double* out) {
  using namespace Eigen::internal;
  Packet const factor = pset1<Packet>(operand.factor);
  Index const stride = operand.m.outerStride();
  constexpr Index kWhole = kHeight / kLanes * kLanes;
  if (operand.areRows) {  // contiguous in a column of m
    // A few inner indices at a time: each panel's part of the packed memory is then written as a whole.
    constexpr Index kGroup = 8;
    for (Index begin = 0; begin < k.size(); begin += kGroup) {
      Index const end = std::min(begin + kGroup, k.size());
      for (Index panel = 0; panel < panels; ++panel) {
        double const* from = &operand.m.coeffRef(first + panel * kHeight, k.begin + begin);
        double* to = out + (panel * k.size() + begin) * kHeight;
        for (Index p = begin; p < end; ++p, from += stride, to += kHeight) {
          for (Index i = 0; i < kWhole; i += kLanes) pstoreu(to + i, pmul(factor, ploadu<Packet>(from + i)));
          for (Index i = kWhole; i < kHeight; ++i) to[i] = operand.factor * from[i];
        }
      }
    }
    return;
  }
  Index const whole = k.size() / kLanes * kLanes;
  for (Index panel = 0; panel < panels; ++panel, first += kHeight, out += kHeight * k.size()) {
    double const* const from = &operand.m.coeffRef(k.begin, first);
    for (Index p = 0; p < whole; p += kLanes) {
      for (Index i = 0; i < kWhole; i += kLanes) {
        PacketSquare block;
        for (Index x = 0; x < kLanes; ++x) block.packet[x] = ploadu<Packet>(from + (i + x) * stride + p);
        ptranspose(block);
        for (Index x = 0; x < kLanes; ++x) pstoreu(out + (p + x) * kHeight + i, pmul(factor, block.packet[x]));
      }
      for (Index i = kWhole; i < kHeight; ++i) {
        for (Index x = p; x < p + kLanes; ++x) out[x * kHeight + i] = operand.factor * from[i * stride + x];
      }
    }
    for (Index p = whole; p < k.size(); ++p) {
      for (Index i = 0; i < kHeight; ++i) out[p * kHeight + i] = operand.factor * from[i * stride + p];
    }
  }
}

/// Packs the last lines, fewer than `height`, with zeros beyond.
void packLastPanel(Operand const& operand, IndexRange last, IndexRange k, Index height, double* out) {
  for (Index p = 0; p < k.size(); ++p, out += height) {
    for (Index i = 0; i < last.size(); ++i) {
      double const value = operand.areRows ? operand.m.coeff(last.begin + i, k.begin + p)
                                           : operand.m.coeff(k.begin + p, last.begin + i);
      out[i] = operand.factor * value;
    }
    std::fill(out + last.size(), out + height, 0.0);
  }
}

/// Packs `span` of the lines in panels of `height`.
void pack(Operand const& operand, IndexRange span, IndexRange k, Index height, double* out) {
  Index const panels = span.size() / height;
  switch (height) {
    case 4:
      packPanels<4>(operand, span.begin, panels, k, out);
      break;
    case 6:
      packPanels<6>(operand, span.begin, panels, k, out);
      break;
    case 8:
      packPanels<8>(operand, span.begin, panels, k, out);
      break;
    case 12:
      packPanels<12>(operand, span.begin, panels, k, out);
      break;
    default:
      packPanels<16>(operand, span.begin, panels, k, out);
      break;
  }
  Index const packed = panels * height;
  if (packed < span.size())
    packLastPanel(operand, {span.begin + packed, span.end}, k, height, out + packed * k.size());
}

/// All lines of a tile over the inner indices `inner`, packed.
struct Panels {
  double const* data;
  IndexRange inner;
};

/// The part of a tile that the inner indices k contribute, from panels over these and more. The kernels write
/// rows, and c is stored by columns: so the roles of a and b are exchanged, c^T += (alpha op(b))^T op(a)^T.
/// Where only the lower triangle is wanted nothing is written above the diagonal.
void addTile(MatrixBlock& c, Tile const& tile, IndexRange k, Panels const& b, Panels const& a, bool lower) {
  TileProduct<double> const& kernel = tileProductFloat64.chosen();
  std::array<double, 256> space;
  double* const edge = space.data();
  auto const height = static_cast<Index>(kernel.rows);    // columns of c
  auto const width = static_cast<Index>(kernel.columns);  // rows of c
  double const* const panelsOfA = a.data + (k.begin - a.inner.begin) * width;
  double const* const panelsOfB = b.data + (k.begin - b.inner.begin) * height;
  auto const depth = static_cast<std::size_t>(k.size());
  for (Index i = tile.rows.begin; i < tile.rows.end; i += width) {
    Index const rows = std::min(width, tile.rows.end - i);
    double const* const panelOfA = panelsOfA + (i - tile.rows.begin) * a.inner.size();
    for (Index j = tile.columns.begin; j < tile.columns.end; j += height) {
      if (lower && j >= i + rows) break;
      Index const columns = std::min(height, tile.columns.end - j);
      double const* const panelOfB = panelsOfB + (j - tile.columns.begin) * b.inner.size();
      double* const out = &c.coeffRef(i, j);
      bool const whole = rows == width && columns == height && !(lower && j + columns > i + 1);
      if (whole) {
        kernel.multiplyAdd(panelOfB, panelOfA, depth, out, static_cast<std::size_t>(c.outerStride()), true);
        continue;
      }
      kernel.multiplyAdd(panelOfB, panelOfA, depth, edge, kernel.columns, false);
      for (Index y = 0; y < columns; ++y) {
        for (Index x = lower ? std::max<Index>(0, j + y - i) : 0; x < rows; ++x)
          out[y * c.outerStride() + x] += edge[y * width + x];
      }
    }
  }
}

/// Rows and columns of c that a kernel takes at a time.
Index panelWidth() { return static_cast<Index>(tileProductFloat64.chosen().columns); }
Index panelHeight() { return static_cast<Index>(tileProductFloat64.chosen().rows); }

/// Room for the panels of this many lines.
AlignedArray<double> roomForPanels(Index lines, Index depth) {
  return AlignedArray<double>(static_cast<std::size_t>(roundUp(lines, kTile) * depth));
}

/// A product in progress: its factors as lines of c, and how they are cut.
class Tiling {
 public:
  Tiling(MatrixBlock& c, double alpha, Product const& product, bool lower, Task const& task)
      : c_(c),
        operandA_{product.a, product.transposeA == Transpose::no, 1},
        operandB_{product.b, product.transposeB == Transpose::yes, alpha},
        inner_(product.inner),
        lower_(lower),
        task_(task),
        depth_(product.transposeA == Transpose::no ? product.a.cols() : product.a.rows()),
        tiles_(tilesOf(c.rows(), c.cols(), lower)),
        parallel_(tiles_.size() > 1 && c.size() * depth_ > kSmall) {}

  void run() {
    if (c_.rows() <= kTile || c_.cols() <= kTile) {
      runNarrow();
    } else {
      runWide();
    }
  }

 private:
  template <class Body>
  void forAll(Index count, Body const& body) const {
    if (parallel_) {
      parallelFor(task_, static_cast<std::size_t>(count), [&](std::size_t i) { body(static_cast<Index>(i)); });
    } else {
      for (Index i = 0; i < count; ++i) body(i);
    }
  }

  template <class Body>
  void forEachDepth(Body const& body) const {
    forPieces(IndexRange{0, depth_}, kDepth, body);
  }

  /// Packs both factors, a depth of all their lines at a time, and each piece of them once.
  void runWide() const {
    AlignedArray<double> const ofA = roomForPanels(c_.rows(), std::min(kDepth, depth_));
    AlignedArray<double> const ofB = roomForPanels(c_.cols(), std::min(kDepth, depth_));
    Index const piecesOfA = (c_.rows() + kTile - 1) / kTile;
    Index const piecesOfB = (c_.cols() + kTile - 1) / kTile;
    forEachDepth([&](IndexRange k) {
      forAll(piecesOfA + piecesOfB, [&](Index piece) {
        bool const isA = piece < piecesOfA;
        Index const own = isA ? piece : piece - piecesOfA;
        IndexRange const lines = pieceFrom(own * kTile, {0, isA ? c_.rows() : c_.cols()}, kTile);
        double* const out = (isA ? ofA : ofB).get() + lines.begin * k.size();
        pack(isA ? operandA_ : operandB_, lines, k, isA ? panelWidth() : panelHeight(), out);
      });
      forAll(static_cast<Index>(tiles_.size()), [&](Index i) {
        Tile const& tile = tiles_[static_cast<std::size_t>(i)];
        addTilePart(tile, k, ofB.get() + tile.columns.begin * k.size(), ofA.get() + tile.rows.begin * k.size());
      });
    });
  }

  /// For a narrow result: packs the factor of its short side first, and a tile of the other when its turn
  /// comes.
  void runNarrow() const {
    bool const sharesB = c_.cols() <= kTile;
    Index const shortSide = sharesB ? c_.cols() : c_.rows();
    AlignedArray<double> const shared = roomForPanels(shortSide, depth_);
    forEachDepth([&](IndexRange k) {
      double* const out = shared.get() + k.begin * roundUp(shortSide, kTile);
      if (sharesB) pack(operandB_, {0, shortSide}, k, panelHeight(), out);
      if (!sharesB) pack(operandA_, {0, shortSide}, k, panelWidth(), out);
    });
    forAll(static_cast<Index>(tiles_.size()), [&](Index i) {
      Tile const& tile = tiles_[static_cast<std::size_t>(i)];
      AlignedArray<double> const own = roomForPanels(kTile, std::min(kDepth, depth_));
      forEachDepth([&](IndexRange k) {
        if (sharesB) pack(operandA_, tile.rows, k, panelWidth(), own.get());
        if (!sharesB) pack(operandB_, tile.columns, k, panelHeight(), own.get());
        double const* const other = shared.get() + k.begin * roundUp(shortSide, kTile);
        addTilePart(tile, k, sharesB ? other : own.get(), sharesB ? own.get() : other);
      });
    });
  }

  /// What the packed inner indices contribute to a tile, less those where it has zeros.
  void addTilePart(Tile const& tile, IndexRange packed, double const* panelsOfB,
                   double const* panelsOfA) const {
    IndexRange k = packed;
    if (inner_) {
      IndexRange const wanted = inner_(tile.rows, tile.columns);
      k = {std::max(k.begin, wanted.begin), std::min(k.end, wanted.end)};
    }
    if (k.begin < k.end) addTile(c_, tile, k, {panelsOfB, packed}, {panelsOfA, packed}, lower_);
  }

  MatrixBlock& c_;
  Operand const operandA_;
  Operand const operandB_;
  std::function<IndexRange(IndexRange, IndexRange)> const& inner_;
  bool const lower_;
  Task const& task_;
  Index const depth_;
  std::vector<Tile> const tiles_;
  bool const parallel_;
};

void addTiles(MatrixBlock& c, double alpha, Product const& product, bool lower, Task const& task) {
  if (c.size() > 0) Tiling(c, alpha, product, lower, task).run();
}

}  // namespace

void addProduct(MatrixBlock c, double alpha, Product const& product, Task const& task) {
  addTiles(c, alpha, product, false, task);
}

void addProductLower(MatrixBlock c, double alpha, Product const& product, Task const& task) {
  addTiles(c, alpha, product, true, task);
}

void addSymmetricProduct(MatrixBlock c, double alpha, ConstMatrixBlock s, ConstMatrixBlock b,
                         Task const& task) {
  Index const n = s.rows();
  if (c.size() == 0) return;
  AlignedArray<double> const ofB = roomForPanels(b.cols(), n);
  pack({b, false, alpha}, {0, b.cols()}, {0, n}, panelHeight(), ofB.get());
  Panels const panelsOfB{ofB.get(), {0, n}};
  parallelForPieces(task, IndexRange{0, n}, kSymmetricTile, [&](IndexRange rows) {
    Tile const tile{rows, {0, b.cols()}};
    AlignedArray<double> const ofA = roomForPanels(kSymmetricTile, kDepth);
    // Adds what `span` of the lines contributes; their inner index is that of the product less `shift`.
    auto const add = [&](Operand const& operand, IndexRange span, IndexRange inner, Index shift) {
      forPieces(inner, kDepth, [&](IndexRange k) {
        pack(operand, span, {k.begin - shift, k.end - shift}, panelWidth(), ofA.get());
        addTile(c, tile, k, panelsOfB, {ofA.get(), k}, false);
      });
    };
    auto const [begin, end] = tile.rows;
    EigenMatrix const corner =
        s.block(begin, begin, tile.rows.size(), tile.rows.size()).selfadjointView<Eigen::Lower>();
    add({s, true, 1}, tile.rows, {0, begin}, 0);
    add({corner, true, 1}, {0, tile.rows.size()}, tile.rows, begin);
    add({s, false, 1}, tile.rows, {end, n}, 0);
  });
}

}  // namespace madloop::linalg
