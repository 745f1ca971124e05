#include "runlog/job_result.h"

namespace batchmill::runlog {
namespace {

StepResult sample() {
  StepResult result;
  result.step = "score";
  result.step_job = "digits_7_score";
  result.ended = WallTime{1'768'209'243'000'000};
  result.elapsed = std::chrono::seconds(166);
  result.figures = {400,
                    400,
                    0,
                    409,
                    2000,
                    2000,
                    0,
                    2000,
                    std::chrono::milliseconds(3'100),
                    std::chrono::milliseconds(480),
                    std::chrono::milliseconds(610)};
  result.rows_path = "/w/scores.txt";
  result.settings = {{"error_threshold", "-1", SettingOrigin::kDefault, {}},
                     {"mini_batch_size", "5", SettingOrigin::kNode, {"pipeline.yml", 24, 5, 9}}};
  return result;
}

TEST(JobResult, Completed) {
  EXPECT_EQ(job_result_text(sample()),
            R"(Completed     score (job digits_7_score) 2026-01-12T09:14:03Z exit 0
mini-batches  400 total, 400 succeeded, 0 failed; 409 tries
items         2000 total, 2000 succeeded, 0 failed
rows          2000 in /w/scores.txt
time          2 min 46 s; init 3.1 s; run 0.48 s median, 0.61 s p95
settings      error_threshold -1 (default)
              mini_batch_size 5 (pipeline.yml:24:5)
)");
}

TEST(JobResult, Spec7_1TheFirstLineOfAFailedOneSaysWhy) {
  StepResult result = sample();
  result.status = JobStatus::kFailed;
  result.figures.init.reset();
  result.figures.run_median.reset();
  result.rows_path = "";
  result.settings.clear();
  result.reason = "score.py:31 in run: E: m";
  result.failure = "ERROR[BM901]: score: score.py:31 in run: E: m\n";
  result.look_first = {"/l/job_error.txt", "/l/user/error/0/process004.txt", "/l/c", "/l/d"};
  result.warnings = {"one\n  more", "two"};
  EXPECT_EQ(
      job_result_text(result),
      R"(Failed        score (job digits_7_score) 2026-01-12T09:14:03Z exit 42: score.py:31 in run: E: m

ERROR[BM901]: score: score.py:31 in run: E: m

mini-batches  400 total, 400 succeeded, 0 failed; 409 tries
items         2000 total, 2000 succeeded, 0 failed
rows          2000 returned, not appended
time          2 min 46 s

look first at:
  /l/job_error.txt
  /l/user/error/0/process004.txt
  /l/c

Warnings:
- one
  more
- two
)");
}

TEST(JobResult, CanceledNamesWhoDidIt) {
  StepResult result = sample();
  result.status = JobStatus::kCanceled;
  result.canceled_by = "ada";
  EXPECT_THAT(job_result_text(result),
              testing::StartsWith("Canceled      score (job digits_7_score) 2026-01-12T09:14:03Z "
                                  "exit 42 by ada\nmini-batches  400 total"));
}

TEST(Warnings, ACompletedStepWithFailuresIsLoud) {
  FailedButCompleted facts{"score",
                           68,
                           400,
                           {{"mini_batch_error_threshold", "-1", SettingOrigin::kDefault, {}},
                            {"error_threshold", "-1", SettingOrigin::kDefault, {}},
                            {"allowed_failed_percent", "100", SettingOrigin::kDefault, {}}},
                           "score.py:31 in run: ValueError",
                           61,
                           "/l/job_error.txt"};
  EXPECT_EQ(
      failed_but_completed_warning(facts),
      R"(score is Completed although 68 of 400 mini-batches (17 %) failed: no threshold counts failures
  (mini_batch_error_threshold -1, default); 'mini_batch_error_threshold: 0' would fail the job
  most frequent: score.py:31 in run: ValueError (61); all: /l/job_error.txt)");
  facts.failed = 1;
  facts.thresholds[0] = {"mini_batch_error_threshold", "10", SettingOrigin::kArgument, {}};
  EXPECT_THAT(failed_but_completed_warning(facts),
              testing::StartsWith(
                  "score is Completed although 1 of 400 mini-batches (0.25 %) failed: "
                  "no threshold is exceeded\n  (mini_batch_error_threshold 10, argument);"));
  facts.thresholds[0].value = "-1";
  facts.thresholds[1] = {"error_threshold", "4", SettingOrigin::kArgument, {}};
  facts.thresholds[2] = {"allowed_failed_percent", "50", SettingOrigin::kArgument, {}};
  EXPECT_THAT(failed_but_completed_warning(facts),
              testing::HasSubstr("no threshold is exceeded\n  (error_threshold 4, argument; "
                                 "allowed_failed_percent 50, argument);"));
  facts.failed = 0;
  EXPECT_EQ(failed_but_completed_warning(facts), "");
}

TEST(Warnings, MisfitsNameTheColumn) {
  EXPECT_EQ(misfit_warning("score", "price", 12, "float", "day-03.csv:1042"),
            "score: column 'price': 12 values did not fit float and became null; first: "
            "day-03.csv:1042");
  EXPECT_THAT(misfit_warning("s", "p", 1, "int", "a:1"), testing::HasSubstr("1 value did not fit"));
}

}  // namespace
}  // namespace batchmill::runlog
