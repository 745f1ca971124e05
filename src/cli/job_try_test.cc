#include <csignal>

#include <nlohmann/json.hpp>

#include "cli/cli_fixture.h"

namespace batchmill::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class JobTryTest : public CliTest {
 protected:
  JobTryTest() {
    put_scoring_project();
    dry_runs.about.kind = "files";
    dry_runs.about.items = 5;
    dry_runs.about.mini_batches = 400;
    dry_runs.about.folder = "/tmp/try";
    dry_runs.about.detail = R"({"files":["a.png"]})";
    dry_runs.end.summary = R"({"error": null, "items": 5, "load_s": 0, "run_s": 0.5})";
  }
  int try_it(const std::string& more = "") {
    return run("job try -f /home/u/project/p.yml --only-show-errors" + more);
  }
};

TEST_F(JobTryTest, SaysWhatItDoesAndWhatToChange) {
  EXPECT_EQ(run("job try -f /home/u/project/p.yml --step score"), 0) << terminal.err;
  EXPECT_THAT(terminal.err, HasSubstr("score: mini-batch 0 of 400+: 5 files\n"
                                      "what the step writes goes to /tmp/try, which is removed "
                                      "at the end\n"));
  EXPECT_EQ(terminal.out,
            "\nsuggestion, from one measurement; the first one is often slower:\n"
            "  mini_batch_size: \"50\"       # about 5.00 s for a mini-batch, instead of 0.50 s\n"
            "  retry_settings:\n"
            "    timeout: 25               # 5 times what run() may be expected to take, at least "
            "10 s\n");
  EXPECT_FALSE(dry_runs.request->output_to_error);
}

TEST_F(JobTryTest, ASizeThatIsFineIsLeftAlone) {
  dry_runs.end.summary = R"({"error": null, "items": 5, "load_s": 0, "run_s": 2})";
  EXPECT_EQ(try_it(), 0);
  EXPECT_THAT(terminal.out, HasSubstr("  # mini_batch_size can stay: 2.00 s for a mini-batch\n"));
  EXPECT_THAT(terminal.out, Not(HasSubstr("mini_batch_size:")));
  EXPECT_EQ(terminal.err, "");
}

TEST_F(JobTryTest, TheFlagsReachTheRun) {
  EXPECT_EQ(try_it(" --mini-batch 17 --keep --input items=/home/u/project/src"), 0);
  EXPECT_EQ(dry_runs.request->mini_batch, 17U);
  EXPECT_TRUE(dry_runs.request->keep_folder);
  const StepInput& input = dry_runs.request->plan.steps[0].inputs.at("items");
  EXPECT_EQ(std::get<PathInput>(input.source).path, "/home/u/project/src");
  EXPECT_EQ(run("job try -f /home/u/project/p.yml --mini-batch x"), 2);
}

TEST_F(JobTryTest, AnObjectForPrograms) {
  EXPECT_EQ(try_it(" -o json"), 0);
  EXPECT_TRUE(dry_runs.request->output_to_error) << "the script's own lines are no JSON";
  const auto object = nlohmann::json::parse(terminal.out);
  EXPECT_EQ(object["status"], "Succeeded");
  EXPECT_EQ(object["summary"]["run_s"], 0.5);
  EXPECT_EQ(object["detail"]["files"][0], "a.png");
  EXPECT_EQ(object["suggestion"], nlohmann::json({{"timeout", 25}, {"mini_batch_size", "50"}}));
}

TEST_F(JobTryTest, AFailureExitsWith1WithoutASuggestion) {
  dry_runs.end.exit_code = 1;
  dry_runs.end.summary = R"({"mini_batch": 3, "items": 5, "run_s": 0.5,
      "error": {"code": 901, "type": "ValueError", "message": "bad", "item": "a.png"}})";
  EXPECT_EQ(try_it(), 1);
  EXPECT_EQ(terminal.out, "");
  EXPECT_EQ(terminal.err,
            "ERROR: score: ValueError: bad\n  mini-batch 3, a.png\n  ValueError: bad\n");
}

TEST_F(JobTryTest, AProcessThatEndsWithoutASummaryIsTold) {
  dry_runs.end = {3, 0, ""};
  EXPECT_EQ(try_it(), 1);
  EXPECT_EQ(terminal.err, "ERROR: score: the script ended its process (exit code 3)\n");
  dry_runs.end = {0, SIGSEGV, ""};
  EXPECT_EQ(try_it(), 1);
  EXPECT_EQ(terminal.err, "ERROR: score: the process crashed (SIGSEGV)\n");
}

TEST_F(JobTryTest, WhatCannotBeTriedIsSaid) {
  dry_runs.refused = Error{ErrorKind::kInvalid, "there is no mini-batch 9; there are 3: 0 to 2"};
  EXPECT_EQ(try_it(" --mini-batch 9"), 1);
  EXPECT_EQ(terminal.err, "ERROR: score: there is no mini-batch 9; there are 3: 0 to 2\n");
  EXPECT_EQ(try_it(" --step scroe"), 1);
  EXPECT_EQ(terminal.err,
            "ERROR: there is no step 'scroe' in /home/u/project/p.yml\n"
            "  parallel steps: score\n"
            "  help: write 'score'\n");
}

}  // namespace
}  // namespace batchmill::cli
