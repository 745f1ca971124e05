#include "cli/run_cli.h"

#include <nlohmann/json.hpp>

#include "cli/cli_fixture.h"

namespace batchmill::cli {
namespace {

TEST_F(CliTest, HelpAndVersion) {
  EXPECT_EQ(run("--version"), 0);
  EXPECT_EQ(terminal.out, "batchmill 0.1.0\n");
  EXPECT_EQ(run("--help"), 0);
  EXPECT_THAT(terminal.out, testing::HasSubstr("job create"));
  EXPECT_EQ(run(std::vector<std::string>{}), 0);
  EXPECT_EQ(run("ml job create --help"), 0);
  EXPECT_THAT(terminal.out, testing::HasSubstr("--stream"));
  EXPECT_EQ(run("job"), 2);
  EXPECT_EQ(terminal.out, "");
}

TEST_F(CliTest, UsageProblemsExitWith2AndLeaveStdoutEmpty) {
  EXPECT_EQ(run("job strem"), 2);
  EXPECT_EQ(terminal.out, "");
  EXPECT_EQ(terminal.err,
            "ERROR: unknown command 'batchmill job strem'\n"
            "  help: write 'batchmill job stream'\n");
  EXPECT_EQ(run("job list --query [0"), 2);
  EXPECT_EQ(run("job list --include-archived --archived-only"), 2);
}

TEST_F(CliTest, WhatDoesNotExistExitsWith3) {
  for (const char* line :
       {"job show -n nope", "job stream -n nope", "job cancel -n nope", "job resume -n nope",
        "job download -n nope", "job archive -n nope", "job list -p nope"}) {
    EXPECT_EQ(run(line), 3) << line;
    EXPECT_EQ(terminal.out, "") << line;
    EXPECT_THAT(terminal.err, testing::HasSubstr("there is no job 'nope'")) << line;
  }
}

TEST_F(CliTest, CreatePrintsTheJob) {
  put_pipeline();
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n a --query name -o tsv"), 0) << terminal.err;
  EXPECT_EQ(terminal.out, "a\n");
  EXPECT_THAT(terminal.err, testing::HasSubstr("WARNING: environment of 'train'"));
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n b --only-show-errors"), 0);
  EXPECT_EQ(terminal.err, "");
  EXPECT_EQ(nlohmann::json::parse(terminal.out)["name"], "b");
}

TEST_F(CliTest, AnExistingNameExitsWith1) {
  put_pipeline();
  add("a", JobStatus::kCompleted, false);
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n a"), 1);
  EXPECT_EQ(terminal.err, "ERROR: a job named 'a' exists already\n");
}

TEST_F(CliTest, ProblemsOfTheFileExitWith1AndAreCounted) {
  files.put("/home/u/project/p.yml", "type: pipeline\njobs:\n  a: {type: comand}\n  b: {}\n");
  EXPECT_EQ(run("job create -f /home/u/project/p.yml"), 1);
  EXPECT_EQ(terminal.out, "");
  EXPECT_THAT(terminal.err, testing::HasSubstr("/home/u/project/p.yml:3:"));
  EXPECT_THAT(terminal.err, testing::HasSubstr("nothing was submitted\n"));
}

TEST_F(CliTest, InterruptedBeforeSubmissionNothingIsSubmitted) {
  put_pipeline();
  terminal.next_wake = Wake::kInterrupted;
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n a"), 1);
  EXPECT_EQ(terminal.err, "Nothing was submitted.\n");
  EXPECT_FALSE(files.exists("/w/jobs/a"));
}

TEST_F(CliTest, ValidateSaysWhatItFound) {
  put_pipeline();
  EXPECT_EQ(run("job validate -f /home/u/project/p.yml -o json"), 0);
  EXPECT_EQ(nlohmann::json::parse(terminal.out)["result"], "Succeeded");
  EXPECT_EQ(run("job validate -f /home/u/project/p.yml --strict --query result -o tsv"), 1);
  EXPECT_EQ(terminal.out, "Failed\n");
  EXPECT_EQ(terminal.err, "");
  terminal.is_terminal = true;
  EXPECT_EQ(run("job validate -f /home/u/project/p.yml"), 0);
  EXPECT_EQ(terminal.out, "");
  EXPECT_THAT(terminal.err, testing::HasSubstr("p.yml is valid"));
}

TEST_F(CliTest, ListAndShow) {
  add("old", JobStatus::kCompleted, false);
  add("lost", JobStatus::kRunning, false);
  EXPECT_EQ(run("job list --query [].name -o tsv"), 0);
  EXPECT_EQ(terminal.out, "lost\nold\n");
  EXPECT_EQ(run("job list -o table"), 0);
  EXPECT_THAT(terminal.out, testing::StartsWith("Name"));
  EXPECT_THAT(terminal.out, testing::HasSubstr("Compute target"));
  EXPECT_EQ(run("job list -r 1 -o none"), 0);
  EXPECT_THAT(terminal.err, testing::HasSubstr("WARNING: only the 1 newest jobs are shown"));
  EXPECT_EQ(run("job list -p old --query [].name -o tsv"), 0);
  EXPECT_EQ(terminal.out, "old_train\nold_score\n");
  EXPECT_EQ(run("job show -n lost --query status -o tsv"), 0);
  EXPECT_EQ(terminal.out, "NotResponding\n");
  EXPECT_EQ(run("job show -n old_train --query status"), 0);
  EXPECT_EQ(terminal.out, "\"Completed\"\n");
}

TEST_F(CliTest, StreamReplaysAnEndedJob) {
  JobRecord record = job("a", JobStatus::kCompleted);
  put(record, false);
  files.put("/w/jobs/a/logs/azureml/executionlogs.txt", "[t] Submitting 1 runs\n");
  files.put("/w/jobs/a/steps/train/user_logs/std_log.txt", "epoch 1\nbar 10%\rbar 100%\n\033[2J\n");
  end_job("a", JobStatus::kCompleted);
  event("a", "warning", "score", "", "score: column 'price': 12 values\n  most frequent: x");
  EXPECT_EQ(run("job stream -n a"), 0);
  EXPECT_EQ(terminal.out,
            "RunId: a\n"
            "\nStreaming logs/azureml/executionlogs.txt\n"
            "========================================\n\n"
            "[t] Submitting 1 runs\n"
            "train | epoch 1\n"
            "train | bar 100%\n"
            "train | \\x1b[2J\n"
            "ok train  Completed\n"
            "\nExecution Summary\n"
            "=================\n"
            "RunId: a\n"
            "Status: Completed\n"
            "\nWarnings:\n"
            "- score: column 'price': 12 values\n"
            "  most frequent: x\n");
}

TEST_F(CliTest, WarningsOfTheSubmissionAreRepeatedAtTheEnd) {
  JobRecord record = job("a", JobStatus::kCompleted);
  record.notices = {"BM001: a notice", "BM002: a warning", "BM114: of the file"};
  put(record, false);
  EXPECT_EQ(run("job stream -n a"), 0);
  EXPECT_THAT(terminal.out, testing::EndsWith("\nWarnings:\n- a warning\n"));
  EXPECT_EQ(run("job stream -n a --only-show-errors"), 0);
  EXPECT_THAT(terminal.out, testing::Not(testing::HasSubstr("Warnings")));
}

TEST_F(CliTest, TheEndOfAStepIsToldBeforeTheLinesOfTheNext) {
  JobRecord record = job("a", JobStatus::kCompleted);
  record.steps[1].kind = "command";
  put(record, false);
  files.put("/w/jobs/a/steps/train/user_logs/std_log.txt", "t\n");
  files.put("/w/jobs/a/steps/score/user_logs/std_log.txt", "s\n");
  event("a", "step_status", "train", "Completed");
  event("a", "step_status", "score", "Completed");
  EXPECT_EQ(run("job stream -n a"), 0);
  EXPECT_THAT(terminal.out, testing::HasSubstr("train | t\nok train  Completed\n"
                                               "score | s\nok score  Completed\n"));
}

TEST_F(CliTest, StreamOfAFailedOrCanceledJobExitsWith1) {
  add("failed", JobStatus::kFailed, false);
  EXPECT_EQ(run("job stream -n failed"), 1);
  EXPECT_THAT(terminal.err, testing::HasSubstr("ERROR: score: failed"));
  add("canceled", JobStatus::kCanceled, false);
  EXPECT_EQ(run("job stream -n canceled"), 1);
  EXPECT_THAT(terminal.err, testing::HasSubstr("ERROR: canceled was canceled"));
}

TEST_F(CliTest, CreateWithStreamFollowsUntilTheEnd) {
  put_pipeline();
  int waits = 0;
  terminal.on_wait = [&] {
    if (++waits == 3) end_job("a", JobStatus::kCompleted);
  };
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n a --stream"), 0);
  EXPECT_THAT(terminal.out, testing::HasSubstr("RunId: a\nStatus: Completed\n"));
  EXPECT_THAT(terminal.out, testing::Not(testing::HasSubstr("{")));
}

TEST_F(CliTest, WithAnObjectWantedLogsGoToStderrAndTheObjectIsFresh) {
  put_pipeline();
  terminal.on_wait = [&] { end_job("a", JobStatus::kCompleted); };
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n a --stream --query status -o tsv"), 0);
  EXPECT_EQ(terminal.out, "Completed\n");
  EXPECT_THAT(terminal.err, testing::HasSubstr("RunId: a"));
}

TEST_F(CliTest, ADeadLeaderIsStartedAgainWithANotice) {
  add("a", JobStatus::kRunning, false);
  leaders.on_start = [&](const std::string&) { end_job("a", JobStatus::kCompleted); };
  EXPECT_EQ(run("job stream -n a"), 0);
  EXPECT_THAT(leaders.started, testing::ElementsAre("/w/jobs/a"));
  EXPECT_THAT(terminal.err, testing::HasSubstr("NOTICE: the leader of a had ended; started again"));
}

TEST_F(CliTest, CtrlCStopsTheWatchingOnly) {
  add("a", JobStatus::kRunning, true);
  JobProgress progress;
  progress.job = "a";
  progress.steps.resize(1);
  progress.steps[0].step = "score";
  progress.steps[0].kind = "parallel";
  progress.steps[0].status = JobStatus::kRunning;
  progress.steps[0].mini_batches = {240, 0, 400, true};
  files.put("/w/jobs/a/progress.json", runlog::to_json(progress));
  terminal.next_wake = Wake::kInterrupted;
  EXPECT_EQ(run("job stream -n a"), 1);
  EXPECT_EQ(terminal.err,
            "Stopped watching. a goes on: 240 of 400 mini-batches done.\n"
            "  watch again: batchmill job stream -n a\n"
            "  cancel:      batchmill job cancel -n a\n");
  EXPECT_TRUE(leaders.started.empty());
}

TEST_F(CliTest, AClosedPipeEndsTheStream) {
  add("a", JobStatus::kRunning, true);
  terminal.out_closed = true;
  EXPECT_EQ(run("job stream -n a"), 1);
}

TEST_F(CliTest, CancelWaitsUntilTheRequestIsTaken) {
  add("a", JobStatus::kRunning, true);
  terminal.on_wait = [&] { EXPECT_TRUE(files.remove_tree("/w/jobs/a/control")); };
  EXPECT_EQ(run("job cancel -n a"), 0);
  EXPECT_EQ(terminal.out, "");
  add("done", JobStatus::kCompleted, false);
  EXPECT_EQ(run("job cancel -n done"), 0);
  EXPECT_THAT(terminal.err, testing::HasSubstr("is Completed already"));
  EXPECT_EQ(run("job cancel -n done_score"), 1);
}

TEST_F(CliTest, ResumeStartsTheLeaderAgain) {
  add("a", JobStatus::kFailed, false);
  EXPECT_EQ(run("job resume -n a"), 0);
  EXPECT_EQ(terminal.err, "NOTICE: 'a' goes on\n  help: batchmill job stream -n a\n");
  EXPECT_THAT(leaders.started, testing::ElementsAre("/w/jobs/a"));
  stored("a").status = JobStatus::kRunning;
  EXPECT_EQ(run("job resume -n a"), 0);
  EXPECT_THAT(terminal.err, testing::HasSubstr("NOTICE: 'a' is Running; nothing to resume"));
  EXPECT_EQ(run("job resume -n a_score"), 1);
  EXPECT_EQ(terminal.err,
            "ERROR: 'a_score' is a step; a job is resumed as a whole\n"
            "  help: batchmill job resume -n a\n");
  add("done", JobStatus::kCompleted, false);
  EXPECT_EQ(run("job resume -n done"), 0);
  EXPECT_THAT(terminal.err, testing::HasSubstr("nothing to resume"));
}

TEST_F(CliTest, ResumeWithStreamTellsOnlyWhatComes) {
  add("a", JobStatus::kFailed, false);
  event("a", "failure", "score", "", "of the past");
  event("a", "job_status", "", "Failed");
  int waits = 0;
  terminal.on_wait = [&] {
    if (++waits == 2) {
      EXPECT_TRUE(files.remove_tree("/w/jobs/a/control"));
      stored("a").status = JobStatus::kRunning;
    }
    if (waits == 4) end_job("a", JobStatus::kCompleted);
  };
  EXPECT_EQ(run("job resume -n a --stream"), 0);
  EXPECT_THAT(terminal.out, testing::Not(testing::HasSubstr("of the past")));
}

TEST_F(CliTest, ResumingFromAnotherJobIsRefusedWithWhatToDo) {
  put_pipeline();
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n b --resume-from nope"), 3);
  EXPECT_THAT(terminal.err, testing::HasSubstr("there is no job 'nope'"));
  add("a", JobStatus::kRunning, true);
  EXPECT_EQ(run("job create -f /home/u/project/p.yml -n b --resume-from a --only-show-errors"), 1);
  EXPECT_EQ(terminal.out, "");
  EXPECT_EQ(terminal.err,
            "ERROR: 'a' is Running; only the results of a job that has ended are taken over\n"
            "  wait for it: batchmill job stream -n a\n"
            "  or stop it:  batchmill job cancel -n a\n"
            "Nothing was submitted.\n");
  EXPECT_FALSE(files.exists("/w/jobs/b"));
}

TEST_F(CliTest, ExplainNeedsNoWorkspace) {
  parts.variables.clear();
  EXPECT_EQ(run("explain bm105"), 0);
  EXPECT_THAT(terminal.out, testing::HasSubstr("BM105"));
  EXPECT_THAT(terminal.out, testing::HasSubstr("mini_batch_size"));
  EXPECT_EQ(run("explain all"), 0);
  EXPECT_THAT(terminal.out, testing::HasSubstr("### BM926"));
  EXPECT_EQ(run("explain BM999"), 1);
}

TEST_F(CliTest, AFileStandsForItsContent) {
  add("a", JobStatus::kCompleted, false);
  files.put("/q", "name\n");
  EXPECT_EQ(run("job show -n a --query @/q -o tsv"), 0);
  EXPECT_EQ(terminal.out, "a\n");
  EXPECT_NE(run("job show -n a --query @/none"), 0);
}

}  // namespace
}  // namespace batchmill::cli
