#include "workspace/dry_run_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::workspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

DryRunMiniBatch tried(const std::string& kind, std::uint64_t items, std::uint64_t bytes = 0) {
  DryRunMiniBatch about;
  about.kind = kind;
  about.items = items;
  about.bytes = bytes;
  about.mini_batches = 1;
  return about;
}

DryRunSummary took(double load, double run) {
  DryRunSummary summary;
  summary.succeeded = true;
  summary.load_s = load;
  summary.run_s = run;
  return summary;
}

TEST(DryRunAdvice, ReadsTheSummary) {
  const auto summary = dry_run_summary_from_json(
      R"({"version": 1, "error": null, "items": 5, "init_s": 1.5, "load_s": 0.25, "run_s": 2})");
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->succeeded);
  EXPECT_EQ(summary->items, 5U);
  EXPECT_EQ(summary->init_s, 1.5);
  EXPECT_EQ(summary->run_s, 2);
  const auto failed = dry_run_summary_from_json(
      R"({"version": 1, "mini_batch": 17, "error": {"code": 901, "type": "ValueError",
          "message": "bad", "place": {"file": "score.py", "line": 3, "function": "run"},
          "item": "a.png", "detail": "more"}, "items": null, "run_s": null})");
  ASSERT_TRUE(failed) << failed.error().message;
  EXPECT_FALSE(failed->succeeded);
  EXPECT_THAT(failed->failure,
              ElementsAre("score.py:3 in run: ValueError: bad", "mini-batch 17, a.png",
                          "score.py:3 in run", "ValueError: bad", "more"));
  EXPECT_FALSE(failed->run_s);
  for (const char* text : {"", "[]", "{}", R"({"error": null, "run_s": "x"})"}) {
    EXPECT_EQ(dry_run_summary_from_json(text).error().kind, ErrorKind::kProtocol) << text;
  }
}

TEST(DryRunAdvice, SizesForAboutFiveSeconds) {
  const struct {
    const char* what;
    DryRunMiniBatch tried;
    double load, run;
    const char *key, *size;  // "": fine as it is
    std::int64_t timeout;
  } cases[] = {
      {"a tenth of a second for each file", tried("files", 5), 0, 0.5, "mini_batch_size", "\"50\"",
       25},
      {"loading counts", tried("files", 5), 0.25, 0.25, "mini_batch_size", "\"50\"", 15},
      {"two digits", tried("files", 7), 0, 0.03, "mini_batch_size", "\"1100\"", 25},
      {"within the range", tried("files", 5), 0, 1, "mini_batch_size", "", 10},
      {"too long", tried("files", 30), 0, 60, "mini_batch_size", "\"2\"", 20},
      {"one file cannot be cut", tried("files", 1), 0, 60, "mini_batch_size", "", 300},
      {"minutes are whole", tried("files", 1), 0, 121, "mini_batch_size", "", 660},
      {"a table", tried("table", 0, 100'000), 0.05, 0.05, "mini_batch_size", "\"4mb\"", 15},
      {"a small table", tried("table", 0, 100'000), 0, 4000, "mini_batch_size", "\"1kb\"", 210},
      {"lines", tried("jsonl", 100, 5000), 0, 0.1, "mini_batch_rows", "5000", 25},
      {"nothing to cut", tried("ranks", 0), 0, 0.1, "", "", 10},
      {"no time at all", tried("files", 1), 0, 0, "mini_batch_size", "\"5000000\"", 10},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const auto advice = advise(c.tried, took(c.load, c.run), {}, 4);
    ASSERT_TRUE(advice);
    EXPECT_EQ(advice->size_key, c.key);
    EXPECT_EQ(advice->size, c.size);
    EXPECT_EQ(advice->size_is_fine, advice->size.empty());
    EXPECT_EQ(advice->timeout_s, c.timeout);
    EXPECT_LE(advice->expected_s, std::max(10.0, advice->measured_s));
  }
}

TEST(DryRunAdvice, LeavesWorkForEveryWorker) {
  DryRunMiniBatch about = tried("files", 5);
  about.mini_batches = 160;  // 800 files
  about.all_planned = true;
  EXPECT_EQ(advise(about, took(0, 0.1), {}, 4)->size, "\"50\"") << "4 for each of 4 workers";
  ParallelSpec spec;
  spec.max_concurrency_per_instance.value = 10;
  EXPECT_EQ(advise(about, took(0, 0.1), spec, 4)->size, "\"20\"");
  spec.instance_count.value = 2;
  EXPECT_EQ(advise(about, took(0, 0.1), spec, 4)->size, "\"10\"") << "10 on each of 2 nodes";
  about.mini_batches = 8;
  EXPECT_TRUE(advise(about, took(0, 0.1), {}, 4)->size_is_fine) << "never fewer files than now";
}

TEST(DryRunAdvice, LimitsThatWereExceededAreNamed) {
  EXPECT_THAT(advise(tried("files", 1), took(0, 59), {}, 4)->warnings, IsEmpty());
  EXPECT_THAT(advise(tried("files", 1), took(601, 61), {}, 4)->warnings,
              ElementsAre(StartsWith("run() took 61.0 s; a job would have stopped it after 60 s"),
                          StartsWith("loading took 601.0 s")));
}

TEST(DryRunAdvice, AFailureSaysNothingAboutSizes) {
  DryRunSummary failed = took(0, 1);
  failed.succeeded = false;
  EXPECT_FALSE(advise(tried("files", 5), failed, {}, 4));
  DryRunSummary early = took(0, 1);
  early.run_s.reset();
  EXPECT_FALSE(advise(tried("files", 5), early, {}, 4));
}

}  // namespace
}  // namespace batchmill::workspace
