#include <set>

#include <nlohmann/json.hpp>

#include "workspace/control_job.h"
#include "workspace/download_job.h"
#include "workspace/find_job.h"
#include "workspace/git_facts.h"
#include "workspace/job_name.h"
#include "workspace/job_object.h"
#include "workspace/list_jobs.h"
#include "workspace/submit_job.h"
#include "workspace/workspace_fixture.h"

namespace batchmill::workspace {
namespace {

class JobsTest : public testing::Test, protected WorkspaceFixture {
 protected:
  FoundJob found(const std::string& name) {
    auto job = find_job(name, workspace, parts);
    if (!job) ADD_FAILURE() << job.error().message;
    return *job;
  }
  std::size_t requests(const std::string& job) {
    const auto entries = files.list("/w/jobs/" + job + "/control");
    return entries ? entries->size() : 0;
  }
};

TEST_F(JobsTest, StepsAreFoundThroughTheirJob) {
  add("digits_7", JobStatus::kCompleted, false);
  EXPECT_EQ(found("digits_7").step, "");
  EXPECT_EQ(found("digits_7_score").step, "score");
  EXPECT_EQ(found("digits_7_score").name(), "digits_7_score");
}

TEST_F(JobsTest, AnUnknownNameIsNotFoundAndNearOnesAreNamed) {
  add("digits_7", JobStatus::kCompleted, false);
  const auto job = find_job("digit_7", workspace, parts);
  ASSERT_FALSE(job.has_value());
  EXPECT_EQ(job.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(job.error().message, testing::HasSubstr("near: digits_7"));
  EXPECT_FALSE(find_job("../../etc", workspace, parts).has_value());
}

TEST_F(JobsTest, AnUnfinishedJobWithoutALeaderIsNotResponding) {
  add("a", JobStatus::kRunning, false);
  add("b", JobStatus::kRunning, true);
  add("c", JobStatus::kFailed, false);
  EXPECT_EQ(found("a").status(), JobStatus::kNotResponding);
  EXPECT_EQ(found("a_score").status(), JobStatus::kNotResponding);
  EXPECT_EQ(found("a_train").status(), JobStatus::kCompleted);
  EXPECT_EQ(found("b").status(), JobStatus::kRunning);
  EXPECT_EQ(found("c").status(), JobStatus::kFailed);
}

TEST_F(JobsTest, ListIsNewestFirstWithTheTrueStatus) {
  add("old", JobStatus::kCompleted, false);
  add("lost", JobStatus::kRunning, false);
  add("new", JobStatus::kRunning, true);
  // The index lags behind job.db.
  stores.index[2].status = JobStatus::kNotStarted;
  const auto list = list_jobs({}, workspace, parts);
  ASSERT_EQ(list->jobs.size(), 3U);
  EXPECT_EQ(list->jobs[0].name, "new");
  EXPECT_EQ(list->jobs[0].status, JobStatus::kRunning);
  EXPECT_EQ(list->jobs[1].status, JobStatus::kNotResponding);
  EXPECT_FALSE(list->more);
}

TEST_F(JobsTest, ListSaysWhenThereIsMore) {
  for (int i = 0; i < 4; ++i) add("j" + std::to_string(i), JobStatus::kCompleted, false);
  ListRequest request;
  request.limit = 3;
  EXPECT_EQ(list_jobs(request, workspace, parts)->jobs.size(), 3U);
  EXPECT_TRUE(list_jobs(request, workspace, parts)->more);
  request.limit = 0;
  EXPECT_EQ(list_jobs(request, workspace, parts)->jobs.size(), 4U);
}

TEST_F(JobsTest, OnlyEndedJobsAreArchived) {
  add("done", JobStatus::kCompleted, false);
  add("runs", JobStatus::kRunning, true);
  EXPECT_TRUE(set_archived("done", true, workspace, parts).has_value());
  EXPECT_EQ(list_jobs({}, workspace, parts)->jobs.size(), 1U);
  EXPECT_FALSE(set_archived("runs", true, workspace, parts).has_value());
  EXPECT_FALSE(set_archived("done_score", true, workspace, parts).has_value());
  EXPECT_TRUE(set_archived("done", false, workspace, parts).has_value());
  EXPECT_EQ(list_jobs({}, workspace, parts)->jobs.size(), 2U);
}

struct ControlCase {
  JobStatus status;
  bool alive;
  Asked cancel, resume;
};

class ControlTest : public JobsTest, public testing::WithParamInterface<ControlCase> {};

TEST_P(ControlTest, AsksOnlyWhereItHelps) {
  add("cancel", GetParam().status, GetParam().alive);
  add("resume", GetParam().status, GetParam().alive);
  EXPECT_EQ(cancel_job(found("cancel"), parts), GetParam().cancel);
  EXPECT_EQ(requests("cancel"), GetParam().cancel == Asked::kNotNeeded ? 0U : 1U);
  EXPECT_EQ(resume_job(found("resume"), parts), GetParam().resume);
  EXPECT_EQ(requests("resume"), GetParam().resume == Asked::kNotNeeded ? 0U : 1U);
  const std::size_t starts = (GetParam().cancel == Asked::kRevived ? 1 : 0) +
                             (GetParam().resume == Asked::kRevived ? 1 : 0);
  EXPECT_EQ(leaders.started.size(), starts);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ControlTest,
    testing::Values(ControlCase{JobStatus::kRunning, true, Asked::kLeader, Asked::kNotNeeded},
                    ControlCase{JobStatus::kRunning, false, Asked::kRevived, Asked::kRevived},
                    ControlCase{JobStatus::kNotStarted, false, Asked::kRevived, Asked::kRevived},
                    ControlCase{JobStatus::kFailed, false, Asked::kNotNeeded, Asked::kRevived},
                    ControlCase{JobStatus::kCanceled, false, Asked::kNotNeeded, Asked::kRevived},
                    ControlCase{JobStatus::kCompleted, false, Asked::kNotNeeded,
                                Asked::kNotNeeded}));

TEST_F(JobsTest, ReviveStartsOnlyWhatIsLost) {
  add("lost", JobStatus::kRunning, false);
  add("runs", JobStatus::kRunning, true);
  add("done", JobStatus::kFailed, false);
  EXPECT_EQ(revive_job(found("runs"), parts), false);
  EXPECT_EQ(revive_job(found("done"), parts), false);
  EXPECT_EQ(revive_job(found("lost"), parts), true);
  EXPECT_THAT(leaders.started, testing::ElementsAre("/w/jobs/lost"));
}

TEST_F(JobsTest, DownloadOfAnOutputKeepsTheNameOfAFile) {
  JobRecord record = job("d", JobStatus::kCompleted);
  record.steps[1].outputs["rows"] = "/data/scores.csv";
  put(record, false);
  files.put("/data/scores.csv", "1\n");
  DownloadRequest request{"/to", "scores", false};
  ASSERT_TRUE(download_job(found("d"), request, parts).has_value());
  EXPECT_EQ(*files.read("/to/named-outputs/scores/scores.csv"), "1\n");
  // A step has its outputs under their own names.
  request = {"/step", "rows", false};
  ASSERT_TRUE(download_job(found("d_score"), request, parts).has_value());
  EXPECT_TRUE(files.exists("/step/named-outputs/rows/scores.csv"));
}

TEST_F(JobsTest, DownloadWithoutAnOutputBringsLogsAndArtifacts) {
  add("d", JobStatus::kFailed, false);
  files.put("/w/jobs/d/logs/azureml/executionlogs.txt", "l");
  files.put("/w/jobs/d/steps/train/user_logs/std_log.txt", "t");
  files.put("/w/jobs/d/steps/train/wd/outputs/model.pkl", "m");
  files.put("/w/jobs/d/steps/train/wd/code.py", "c");
  ASSERT_TRUE(download_job(found("d"), {"/to", "", false}, parts).has_value());
  EXPECT_TRUE(files.exists("/to/artifacts/logs/azureml/executionlogs.txt"));
  EXPECT_TRUE(files.exists("/to/artifacts/train/user_logs/std_log.txt"));
  EXPECT_TRUE(files.exists("/to/artifacts/train/outputs/model.pkl"));
  EXPECT_FALSE(files.exists("/to/artifacts/train/code.py"));
}

TEST_F(JobsTest, DownloadRefusesByName) {
  add("runs", JobStatus::kRunning, true);
  add("done", JobStatus::kCompleted, false);
  EXPECT_THAT(download_job(found("runs"), {"/to", "", false}, parts).error().message,
              testing::HasSubstr("'runs' is Running"));
  EXPECT_THAT(download_job(found("done"), {"/to", "score", false}, parts).error().message,
              testing::HasSubstr("no output 'score'; it has scores"));
}

TEST_F(JobsTest, TheObjectHasTheKeysOfTheOriginal) {
  JobRecord record = job("digits_7", JobStatus::kFailed);
  record.tags["owner"] = "me";
  record.error = R"({"code": "BM901", "message": "m"})";
  record.steps[1].outputs["rows"] = "/data/scores.csv";
  put(record, false);
  const nlohmann::json object = job_object(found("digits_7"));
  EXPECT_EQ(object["name"], "digits_7");
  EXPECT_EQ(object["type"], "pipeline");
  EXPECT_EQ(object["status"], "Failed");
  EXPECT_EQ(object["tags"]["owner"], "me");
  EXPECT_EQ(object["error"]["message"], "m");
  EXPECT_EQ(object["outputs"]["scores"]["path"], "/data/scores.csv");
  EXPECT_EQ(object["jobs"]["train"]["type"], "command");
  EXPECT_EQ(object["jobs"]["score"]["status"], "Failed");
  EXPECT_EQ(object["settings"]["continue_on_step_failure"], true);
  EXPECT_FALSE(object.contains("services"));

  const nlohmann::json step = job_object(found("digits_7_score"));
  EXPECT_EQ(step["name"], "digits_7_score");
  EXPECT_EQ(step["parent_job_name"], "digits_7");
  EXPECT_EQ(step["type"], "parallel");
}

TEST_F(JobsTest, ValuesOfEnvironmentVariablesAreNotShown) {
  JobRecord record = job("a", JobStatus::kCompleted);
  PipelinePlan plan = *pipeline::plan_from_json(record.plan);
  plan.steps[0].environment_variables["TOKEN"] = "secret";
  record.plan = pipeline::plan_to_json(plan);
  put(record, false);
  EXPECT_THAT(job_object(found("a")).dump(), testing::Not(testing::HasSubstr("secret")));
}

TEST(JobName, IsReadableAndUnique) {
  std::uint64_t state = 1;
  const Random random = [&] { return state = state * 6364136223846793005U + 1442695040888963407U; };
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = make_job_name(random);
    EXPECT_EQ(problem_of_job_name(name), "") << name;
    EXPECT_THAT(name, testing::MatchesRegex("[a-z]+_[a-z]+_[0-9a-z]{10}"));
    names.insert(name);
  }
  EXPECT_EQ(names.size(), 1000U);
}

TEST(JobName, MayNotLeaveItsFolder) {
  for (const char* name : {"", ".", "..", ".x", "-n", "a/b", "a b", "ä", "a\n"}) {
    EXPECT_NE(problem_of_job_name(name), "") << name;
  }
  EXPECT_EQ(problem_of_job_name("Digits_7.v2-x"), "");
}

TEST(StepJobName, GetsANumberWhereItIsTaken) {
  const std::set<std::string> taken = {"j_a", "j_a_1"};
  const auto is_taken = [&](const std::string& name) { return taken.contains(name); };
  EXPECT_EQ(step_job_name("j", "b", is_taken), "j_b");
  EXPECT_EQ(step_job_name("j", "a", is_taken), "j_a_2");
}

TEST(GitFacts, CredentialsAreTakenOutOfUrls) {
  EXPECT_EQ(without_credentials("https://me:token@host/x.git"), "https://host/x.git");
  EXPECT_EQ(without_credentials("https://host/a@b"), "https://host/a@b");
  EXPECT_EQ(without_credentials("git@host:x.git"), "git@host:x.git");
}

TEST(GitFacts, VariablesWinAndNothingIsAskedOutsideARepository) {
  fakes::MemoryFiles files;
  fakes::NoCommands commands;
  EXPECT_TRUE(git_facts("/x", {}, commands, files).empty());
  EXPECT_EQ(git_facts("/x", {{"AZUREML_GIT_COMMIT", "abc"}}, commands, files)
                .at("mlflow.source.git.commit"),
            "abc");
}

}  // namespace
}  // namespace batchmill::workspace
