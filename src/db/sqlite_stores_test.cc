#include "db/sqlite_stores.h"

#include <fstream>

#include "db/job_schema.h"
#include "db/old_file.h"
#include "db/temporary_folder.h"

namespace batchmill::db {
namespace {

JobRecord sample_job() {
  JobRecord job;
  job.name = "digits_7";
  job.display_name = "Digits, \xC3\xBC";
  job.experiment_name = "examples";
  job.created = WallTime{1'700'000'000'000'000};
  job.created_by = "ada";
  job.plan = R"({"steps": []})";
  job.source_text = "type: pipeline\n";
  job.source_path = "/w/pipeline.yml";
  job.tags = {{"owner", "ada"}, {"empty", ""}};
  job.properties = {{"owner", "other map"}};
  job.notices = {"first"};
  StepRecord train;
  train.step = "train";
  train.job_name = "digits_7_train";
  train.kind = "command";
  StepRecord score = train;
  score.step = "score";
  score.kind = "parallel";
  score.outputs = {{"scores", "/w/o/scores"}};
  score.settings = "[]";
  score.reused_from = "brave_bee_1/score";
  job.steps = {train, score};
  return job;
}

class JobStoreTest : public testing::Test {
 protected:
  std::unique_ptr<JobStore> open(bool read_only = false) {
    auto store = SqliteStores().open_job(path_, read_only);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "job.db";
};

TEST_F(JobStoreTest, AJobComesBackAsItWasCreated) {
  ASSERT_TRUE(open()->create(sample_job()));
  const auto loaded = open(true)->load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  const JobRecord job = sample_job();
  EXPECT_EQ(loaded->name, job.name);
  EXPECT_EQ(loaded->display_name, job.display_name);
  EXPECT_EQ(loaded->experiment_name, job.experiment_name);
  EXPECT_EQ(loaded->status, JobStatus::kNotStarted);
  EXPECT_EQ(loaded->created, job.created);
  EXPECT_EQ(loaded->created_by, job.created_by);
  EXPECT_EQ(loaded->plan, job.plan);
  EXPECT_EQ(loaded->source_text, job.source_text);
  EXPECT_EQ(loaded->source_path, job.source_path);
  EXPECT_EQ(loaded->tags, job.tags);
  EXPECT_EQ(loaded->properties, job.properties);
  EXPECT_EQ(loaded->notices, job.notices);
  ASSERT_EQ(loaded->steps.size(), 2U);
  EXPECT_EQ(loaded->steps[0].step, "train");
  EXPECT_EQ(loaded->steps[1].kind, "parallel");
  EXPECT_EQ(loaded->steps[1].outputs, job.steps[1].outputs);
  EXPECT_EQ(loaded->steps[1].settings, "[]");
  EXPECT_EQ(loaded->steps[1].reused_from, "brave_bee_1/score");
}

TEST_F(JobStoreTest, AFileOfVersion1IsReadAsItIsAndMigratedByItsWriter) {
  {
    auto database = file_of_version_1(path_, kJobSchema);
    ASSERT_TRUE(database.execute(
        "INSERT INTO job VALUES (1, 'digits_7', '', '', 'Completed', '', 1, 2, 3, 'ada', '', '', "
        "'', '', 1);"
        "INSERT INTO steps VALUES (1, 'score', 'digits_7_score', '', 'parallel', 'Completed', '', "
        "2, 3, '', '[]');"));
  }
  for (const bool read_only : {true, false}) {
    const auto loaded = open(read_only)->load();
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_EQ(loaded->steps.size(), 1U);
    EXPECT_EQ(loaded->steps[0].settings, "[]");
    EXPECT_EQ(loaded->steps[0].reused_from, "");
  }
}

TEST_F(JobStoreTest, AFolderHoldsOneJob) {
  EXPECT_EQ(open()->load().error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(open()->create(sample_job()));
  EXPECT_EQ(open()->create(sample_job()).error().kind, ErrorKind::kExists);
}

TEST_F(JobStoreTest, StatusStampsTheTimes) {
  auto store = open();
  ASSERT_TRUE(store->create(sample_job()));
  struct Row {
    JobStatus status;
    std::int64_t now, started, ended;
  };
  for (const Row& row : {Row{JobStatus::kPreparing, 10, 0, 0}, Row{JobStatus::kRunning, 20, 20, 0},
                         Row{JobStatus::kFailed, 30, 20, 30}, Row{JobStatus::kRunning, 40, 20, 0},
                         Row{JobStatus::kCompleted, 50, 20, 50}}) {
    ASSERT_TRUE(store->set_status(row.status, "why", "{}", WallTime{row.now}));
    const auto job = store->load();
    EXPECT_EQ(job->status, row.status);
    EXPECT_EQ(job->reason, "why");
    EXPECT_EQ(job->error, "{}");
    EXPECT_EQ(job->started.micros, row.started) << name_of(row.status);
    EXPECT_EQ(job->ended.micros, row.ended) << name_of(row.status);
  }
}

TEST_F(JobStoreTest, AStepIsReplacedInItsPlace) {
  auto store = open();
  ASSERT_TRUE(store->create(sample_job()));
  StepRecord train = sample_job().steps[0];
  train.status = JobStatus::kCompleted;
  train.started = WallTime{5};
  train.outputs = {{"model", "/w/o/model"}};
  ASSERT_TRUE(store->put_step(train));
  train.outputs = {{"model", "/w/o/other"}};
  ASSERT_TRUE(store->put_step(train));
  StepRecord report;
  report.step = "report";
  ASSERT_TRUE(store->put_step(report));
  const auto job = store->load();
  ASSERT_EQ(job->steps.size(), 3U);
  EXPECT_EQ(job->steps[0].step, "train");
  EXPECT_EQ(job->steps[0].status, JobStatus::kCompleted);
  EXPECT_EQ(job->steps[0].started.micros, 5);
  EXPECT_EQ(job->steps[0].outputs, train.outputs);
  EXPECT_EQ(job->steps[1].step, "score");
  EXPECT_EQ(job->steps[2].step, "report");
}

TEST_F(JobStoreTest, LivesAndNoticesAreCountedAcrossOpenings) {
  ASSERT_TRUE(open()->create(sample_job()));
  EXPECT_EQ(open()->begin_life().value(), 1U);
  EXPECT_EQ(open()->begin_life().value(), 2U);
  EXPECT_TRUE(open()->first_time("BM001 cpu", "runs here").value());
  EXPECT_FALSE(open()->first_time("BM001 cpu", "runs here again").value());
  EXPECT_TRUE(open()->first_time("BM001 gpu", "runs here too").value());
  const auto job = open(true)->load();
  EXPECT_EQ(job->lives, 2U);
  EXPECT_THAT(job->notices, testing::ElementsAre("first", "runs here", "runs here too"));
}

TEST_F(JobStoreTest, AReaderCannotWriteAndSeesWhatAWriterDoes) {
  auto writer = open();
  ASSERT_TRUE(writer->create(sample_job()));
  auto reader = open(true);
  EXPECT_EQ(reader->begin_life().error().kind, ErrorKind::kPermission);
  ASSERT_TRUE(writer->set_status(JobStatus::kRunning, "", "", WallTime{1}));
  EXPECT_EQ(reader->load()->status, JobStatus::kRunning);
  EXPECT_EQ(SqliteStores().open_job(folder_ / "none.db", true).error().kind, ErrorKind::kNotFound);
}

JobSummary summary(const std::string& name, std::int64_t created) {
  JobSummary job;
  job.name = name;
  job.experiment_name = "e";
  job.kind = "pipeline";
  job.compute = "local";
  job.created = WallTime{created};
  return job;
}

std::vector<std::string> names(const Result<std::vector<JobSummary>>& jobs) {
  std::vector<std::string> result;
  for (const JobSummary& job : jobs.value()) result.push_back(job.name);
  return result;
}

TEST(JobIndex, ListsNewestFirstAndHidesArchivedJobs) {
  TemporaryFolder folder;
  auto index = SqliteStores().open_index(folder / "batchmill.db").value();
  ASSERT_TRUE(index->add(summary("old", 1)));
  ASSERT_TRUE(index->add(summary("new", 3)));
  ASSERT_TRUE(index->add(summary("middle", 2)));
  ASSERT_TRUE(index->add(summary("middle too", 2)));
  ASSERT_TRUE(index->set_archived("new", true));
  using testing::ElementsAre;
  EXPECT_THAT(names(index->list(0, false, false)), ElementsAre("middle too", "middle", "old"));
  EXPECT_THAT(names(index->list(2, true, false)), ElementsAre("new", "middle too"));
  EXPECT_THAT(names(index->list(0, false, true)), ElementsAre("new"));
  ASSERT_TRUE(index->set_archived("new", false));
  EXPECT_THAT(names(index->list(1, false, false)), ElementsAre("new"));
}

TEST(JobIndex, NamesAreUniqueAndUnknownOnesNamed) {
  TemporaryFolder folder;
  auto index = SqliteStores().open_index(folder / "batchmill.db").value();
  ASSERT_TRUE(index->add(summary("a", 1)));
  EXPECT_EQ(index->add(summary("a", 2)).error().kind, ErrorKind::kExists);
  ASSERT_TRUE(index->set_status("a", JobStatus::kCompleted));
  const auto found = index->find("a").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status, JobStatus::kCompleted);
  EXPECT_EQ(found->created.micros, 1);
  EXPECT_EQ(found->kind, "pipeline");
  EXPECT_EQ(found->compute, "local");
  EXPECT_FALSE(index->find("b").value());
  EXPECT_EQ(index->set_status("b", JobStatus::kFailed).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(index->set_archived("b", true).error().message, "no job named 'b'");
}

TEST(JobIndex, ADamagedFileIsToldApart) {
  TemporaryFolder folder;
  std::ofstream(folder / "batchmill.db") << std::string(4096, 'x');
  EXPECT_EQ(SqliteStores().open_index(folder / "batchmill.db").error().kind, ErrorKind::kProtocol);
}

}  // namespace
}  // namespace batchmill::db
