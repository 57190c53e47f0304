#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "core/linalg/eigen_setup.hpp"

int main(int count, char** arguments) {
  madloop::linalg::fixEigenBlocking();
  return doctest::Context(count, arguments).run();
}
