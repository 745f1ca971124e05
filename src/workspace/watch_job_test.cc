#include "workspace/watch_job.h"

#include "runlog/progress_json.h"
#include "workspace/workspace_fixture.h"

namespace batchmill::workspace {
namespace {

TEST(FileFollower, GivesCompleteLinesAsTheyCome) {
  fakes::MemoryFiles files;
  FileFollower follower("/log");
  EXPECT_TRUE(follower.new_lines(files).empty());
  files.put("/log", "one\ntw");
  EXPECT_THAT(follower.new_lines(files), testing::ElementsAre("one"));
  files.put("/log", "one\ntwo\r\nthr");
  EXPECT_THAT(follower.new_lines(files), testing::ElementsAre("two"));
  EXPECT_THAT(follower.new_lines(files, true), testing::ElementsAre("thr"));
  EXPECT_TRUE(follower.new_lines(files, true).empty());
}

TEST(FileFollower, AFileThatBecameShorterIsReadFromItsStart) {
  fakes::MemoryFiles files;
  FileFollower follower("/log");
  files.put("/log", "one\ntwo\n");
  EXPECT_EQ(follower.new_lines(files).size(), 2U);
  files.put("/log", "new\n");
  EXPECT_THAT(follower.new_lines(files), testing::ElementsAre("new"));
}

TEST(FileFollower, ALineWithoutEndIsShownInPieces) {
  fakes::MemoryFiles files;
  FileFollower follower("/log");
  files.put("/log", std::string(3'000'000, 'x'));
  std::size_t total = 0;
  for (const std::string& piece : follower.new_lines(files, true)) {
    EXPECT_LE(piece.size(), std::size_t{1} << 16);
    total += piece.size();
  }
  EXPECT_EQ(total, 3'000'000U);
}

class WatchTest : public testing::Test, protected WorkspaceFixture {
 protected:
  void event(const std::string& type, const std::string& step, const std::string& status) {
    JobEvent event;
    event.type = type;
    event.step = step;
    event.status = status;
    EXPECT_TRUE(files.append("/w/jobs/j/events.jsonl", runlog::to_json_line(event)));
  }
  JobWatch watch(const std::string& step = "", bool from_now = false) {
    return JobWatch(JobFolder(workspace.job("j")), step, from_now, parts);
  }
};

TEST_F(WatchTest, TellsEachThingOnce) {
  add("j", JobStatus::kRunning, true);
  files.put("/w/jobs/j/logs/azureml/executionlogs.txt", "submitting\n");
  files.put("/w/jobs/j/steps/train/user_logs/std_log.txt", "epoch 1\n");
  event("step_status", "train", "Running");
  JobProgress progress;
  progress.job = "j";
  progress.steps.resize(2);
  files.put("/w/jobs/j/progress.json", runlog::to_json(progress));

  JobWatch watched = watch();
  const auto first = watched.look();
  ASSERT_TRUE(first.has_value());
  ASSERT_EQ(first->lines.size(), 2U);
  EXPECT_EQ(first->lines[0].step, "");
  EXPECT_EQ(first->lines[1].step, "train");
  EXPECT_EQ(first->events.size(), 1U);
  EXPECT_TRUE(first->progress.has_value());
  EXPECT_FALSE(first->finished);
  EXPECT_TRUE(watched.look()->is_idle());
}

TEST_F(WatchTest, IsFinishedWhenTheEndWasTold) {
  add("j", JobStatus::kRunning, true);
  JobWatch watched = watch();
  EXPECT_FALSE(watched.look()->finished);
  // The leader writes job.db first, and tells of it a moment later.
  stored("j").status = JobStatus::kCompleted;
  EXPECT_FALSE(watched.look()->finished);
  event("job_status", "", "Completed");
  EXPECT_TRUE(watched.look()->finished);
}

TEST_F(WatchTest, IsFinishedWithoutTheTellingWhenTheLeaderIsGone) {
  add("j", JobStatus::kFailed, false);
  EXPECT_TRUE(watch().look()->finished);
}

TEST_F(WatchTest, AnEndBeforeAResumeIsNotTheEnd) {
  add("j", JobStatus::kRunning, true);
  event("job_status", "", "Failed");
  event("job_status", "", "Running");
  JobWatch watched = watch();
  EXPECT_TRUE(watched.look().has_value());
  stored("j").status = JobStatus::kCompleted;
  EXPECT_FALSE(watched.look()->finished);
  event("job_status", "", "Completed");
  EXPECT_TRUE(watched.look()->finished);
}

TEST_F(WatchTest, AStepEndsBeforeItsJob) {
  add("j", JobStatus::kRunning, true);
  files.put("/w/jobs/j/logs/azureml/executionlogs.txt", "submitting\n");
  files.put("/w/jobs/j/steps/train/user_logs/std_log.txt", "epoch 1");
  event("step_status", "score", "Running");
  event("step_status", "train", "Completed");
  const auto news = watch("train").look();
  EXPECT_TRUE(news->finished);
  ASSERT_EQ(news->lines.size(), 1U);
  EXPECT_EQ(news->lines[0].text, "epoch 1");
  EXPECT_EQ(news->events.size(), 1U);
}

TEST_F(WatchTest, FromNowLeavesOutThePast) {
  add("j", JobStatus::kRunning, true);
  files.put("/w/jobs/j/logs/azureml/executionlogs.txt", "past\n");
  event("job_status", "", "Failed");
  JobWatch watched = watch("", true);
  EXPECT_TRUE(watched.look()->is_idle());
  EXPECT_TRUE(files.append("/w/jobs/j/logs/azureml/executionlogs.txt", "new\n"));
  EXPECT_EQ(watched.look()->lines.size(), 1U);
}

TEST_F(WatchTest, ALineThatIsNoEventIsPassedOver) {
  add("j", JobStatus::kRunning, true);
  files.put("/w/jobs/j/events.jsonl", "{\"type\": \"step_sta\n");
  event("step_status", "train", "Running");
  EXPECT_EQ(watch().look()->events.size(), 1U);
}

}  // namespace
}  // namespace batchmill::workspace
