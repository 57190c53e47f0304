// Kernels with an implementation for each of several instruction sets, of which the program takes the widest
// that its processor runs.
//
// All implementations of a kernel give the same bits, so the choice changes nothing but the time. What is
// compiled for a processor that the build does not ask for holds intrinsics alone, or is inlined as a whole: of
// a template or an inline function the linker keeps one copy, and that could be one that other processors
// cannot run.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace madloop {

/// What an implementation needs of the processor. Each includes those before it.
enum class InstructionSet {
  portable,  // what the whole program is compiled for
  avx2,      // with fused multiply-adds
  avx512,    // F, DQ and VL
};

constexpr std::string_view instructionSetName(InstructionSet set) {
  return set == InstructionSet::portable ? "portable" : set == InstructionSet::avx2 ? "avx2" : "avx512";
}

/// The largest instruction set that this processor and its operating system run.
InstructionSet supportedInstructionSet();

/// From now on every kernel takes its widest implementation that needs no more than `largest`.
/// Errors: invalidInput where the processor does not run that.
void limitKernels(InstructionSet largest);

/// limitKernels() by name: "portable", "avx2" or "avx512". Errors: invalidInput for another word, too.
void limitKernels(std::string_view largest);

/// What the kernels are limited to: by limitKernels(), else by the processor.
InstructionSet kernelLimit();

/// What all kernels have, whatever their implementations are.
class AnyKernel {
 public:
  AnyKernel(AnyKernel const&) = delete;
  AnyKernel& operator=(AnyKernel const&) = delete;

  [[nodiscard]] std::string_view name() const { return name_; }
  /// What the chosen implementation needs.
  [[nodiscard]] virtual InstructionSet chosenSet() const = 0;

 protected:
  explicit AnyKernel(std::string_view name);  // enters it in the list of kernels()
  ~AnyKernel() = default;

 private:
  std::string_view name_;
};

/// Every kernel of the program, in the order of their names.
std::vector<AnyKernel const*> kernels();

/// One kernel: a constant of its source file. An implementation is a pointer to a function, or one with what
/// belongs to it.
template <class Implementation>
class Kernel final : public AnyKernel {
 public:
  struct Entry {
    InstructionSet needs;
    Implementation implementation;
  };

  /// `entries` from the portable one to the widest.
  Kernel(std::string_view name, std::initializer_list<Entry> entries) : AnyKernel(name), entries_(entries) {}

  /// The implementation to use.
  [[nodiscard]] Implementation const& chosen() const { return chosenEntry().implementation; }
  [[nodiscard]] InstructionSet chosenSet() const override { return chosenEntry().needs; }

  [[nodiscard]] Implementation const& portable() const { return entries_.front().implementation; }

  /// All implementations that this processor runs, the portable one first.
  [[nodiscard]] std::vector<Entry> supported() const {
    std::vector<Entry> some;
    for (Entry const& entry : entries_) {
      if (entry.needs <= supportedInstructionSet()) some.push_back(entry);
    }
    return some;
  }

 private:
  [[nodiscard]] Entry const& chosenEntry() const {
    std::size_t last = entries_.size() - 1;
    for (InstructionSet const limit = kernelLimit(); entries_[last].needs > limit;) --last;
    return entries_[last];
  }

  std::vector<Entry> entries_;
};

}  // namespace madloop
