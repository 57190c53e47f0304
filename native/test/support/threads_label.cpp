#include "test/support/threads_label.hpp"

#include <atomic>
#include <cstdio>
#include <cstring>

namespace {

std::atomic<std::size_t> startedThreads{0};
int mislabelled = 0;

#ifdef __linux__
constexpr bool kCounted = true;
#else
constexpr bool kCounted =
    false;  // other linkers do not let the program's own pthread_create come before the library's
#endif

/// Compares each case's label with the threads that were started while it ran.
class ThreadsLabelCheck : public doctest::IReporter {
 public:
  explicit ThreadsLabelCheck(doctest::ContextOptions const& /*options*/) {}

  void test_case_start(doctest::TestCaseData const& data) override {
    case_ = &data;
    before_ = startedThreads;
  }
  void test_case_end(doctest::CurrentTestCaseStats const& stats) override {
    bool const labelled = std::strcmp(case_->m_test_suite, "threads") == 0;
    bool const started = startedThreads != before_;
    if (!kCounted || labelled == started || stats.failure_flags != 0) return;
    ++mislabelled;
    std::fprintf(
        stderr, "%s:%u: \"%s\" %s\n", case_->m_file.c_str(), case_->m_line, case_->m_name,
        started ? "starts threads: label it by startsThreads" : "is labelled startsThreads and starts none");
  }

  void report_query(doctest::QueryData const&) override {}
  void test_run_start() override {}
  void test_run_end(doctest::TestRunStats const&) override {}
  void test_case_reenter(doctest::TestCaseData const&) override {}
  void test_case_exception(doctest::TestCaseException const&) override {}
  void subcase_start(doctest::SubcaseSignature const&) override {}
  void subcase_end() override {}
  void log_assert(doctest::AssertData const&) override {}
  void log_message(doctest::MessageData const&) override {}
  void test_case_skipped(doctest::TestCaseData const&) override {}

 private:
  doctest::TestCaseData const* case_ = nullptr;
  std::size_t before_ = 0;
};

REGISTER_LISTENER("threads label", 1, ThreadsLabelCheck);

}  // namespace

int madloop::test::mislabelledCases() { return mislabelled; }

#ifdef __linux__
#include <dlfcn.h>
#include <pthread.h>

// In the place of the library's function, or of a sanitizer's, which is called from here.
extern "C" int pthread_create(pthread_t* thread, pthread_attr_t const* attributes, void* (*start)(void*),
                              void* argument) noexcept {
  static auto const next = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  ++startedThreads;
  return next(thread, attributes, start, argument);
}
#endif
