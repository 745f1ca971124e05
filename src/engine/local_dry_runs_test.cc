#include "engine/local_dry_runs.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fakes/memory_files.h"
#include "fakes/ticking_clock.h"

namespace batchmill::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class FakeForeground final : public Foreground {
 public:
  explicit FakeForeground(fakes::MemoryFiles& files) : files_(files) {}
  Result<ForegroundEnd> run(const ForegroundRequest& given) override {
    request = given;
    spec = *files_.content(given.argv[4]);
    files_.put(given.argv.back(), "{}");
    return ForegroundEnd{1, 0};
  }
  ForegroundRequest request;
  std::string spec;

 private:
  fakes::MemoryFiles& files_;
};

class FakeGpus final : public Gpus {
 public:
  std::vector<GpuReading> read() override { return there; }
  std::vector<GpuReading> there;
};

class DryRunTest : public testing::Test {
 protected:
  DryRunTest() {
    for (int i = 0; i < 5; ++i) files.put("/in/" + std::to_string(i), "x");
    files.put("/code/score.py", "def run(b): return b\n");
    StepPlan step;
    step.name = "score";
    step.code = "/code";
    step.environment.python = "/usr/bin/python3";
    step.inputs["images"].source = PathInput{"/in"};
    step.outputs["rows"].type = DataType::kUriFile;
    step.outputs["rows"].path = "/precious/rows.csv";
    step.outputs["made"].path = "azureml://datastores/d/paths/p/${{name}}/";
    ParallelSpec spec;
    spec.input_data = "images";
    spec.entry_script = "score.py";
    spec.append_row_to = "rows";
    spec.mini_batch_size = Setting<MiniBatchSize>{{2, false, "2"}};
    step.spec = spec;
    request.plan.steps = {step};
    request.step = "score";
  }
  StepPlan& step() { return request.plan.steps[0]; }
  Result<std::unique_ptr<DryRun>> prepare() { return runs.prepare(request); }

  fakes::MemoryFiles files;
  fakes::TickingClock clock;
  FakeForeground foreground{files};
  FakeGpus gpus;
  DryRunRequest request;
  LocalDryRuns runs{{files,
                     files,
                     clock,
                     foreground,
                     4,
                     gpus,
                     {{"HOME", "/home/u"}},
                     "/lib/python",
                     "1.2.3",
                     [this]() -> Result<std::string> {
                       files.put_folder("/tmp/try");
                       return std::string("/tmp/try");
                     }}};
};

TEST_F(DryRunTest, TellsWhatItIsAboutToDo) {
  request.mini_batch = 2;
  const auto run = prepare();
  ASSERT_TRUE(run) << run.error().message;
  const DryRunMiniBatch& about = (*run)->mini_batch();
  EXPECT_EQ(about.items, 1U) << "the last one is short";
  EXPECT_EQ(about.mini_batches, 3U);
  EXPECT_TRUE(about.all_planned);
  EXPECT_EQ(about.kind, "files");
  EXPECT_EQ(about.detail, R"({"files":["4"]})");
  EXPECT_EQ(about.bytes, 0U);
}

TEST_F(DryRunTest, StartsTheWorkersCodeInTheForeground) {
  request.mini_batch = 1;
  const auto run = prepare();
  ASSERT_TRUE(run);
  const auto end = (*run)->run();
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->exit_code, 1);
  EXPECT_EQ(end->summary, "{}");
  EXPECT_THAT(foreground.request.argv,
              ElementsAre("/usr/bin/python3", "-m", "batchmill.worker.dry_run", "--spec",
                          "/tmp/try/steps/score/worker.json", "--mini-batch", "1", "--node-log",
                          "/tmp/try/steps/score/logs", "--summary", "/tmp/try/summary.json"));
  EXPECT_EQ(foreground.request.working_folder, "/tmp/try/steps/score/wd");
  EXPECT_THAT(foreground.request.environment,
              Contains(std::pair<std::string, std::string>("PYTHONPATH", "/lib/python")));
  EXPECT_TRUE(files.exists("/tmp/try/steps/score/wd/score.py"));
}

TEST_F(DryRunTest, NothingIsWrittenWhereAJobWould) {
  const auto run = prepare();
  ASSERT_TRUE(run);
  ASSERT_TRUE((*run)->run());
  EXPECT_FALSE(files.exists("/precious"));
  EXPECT_EQ(nlohmann::json::parse(foreground.spec)["output_dir"], "/tmp/try/outputs/rows");
  EXPECT_THAT(foreground.request.environment,
              Contains(std::pair<std::string, std::string>("AZURE_ML_OUTPUT_rows",
                                                           "/tmp/try/outputs/rows/rows.csv")));
  EXPECT_TRUE(files.exists("/tmp/try/outputs/made"));
}

TEST_F(DryRunTest, ItsFolderGoesWithItUnlessItIsKept) {
  ASSERT_TRUE(prepare());
  EXPECT_FALSE(files.exists("/tmp/try"));
  request.keep_folder = true;
  ASSERT_TRUE(prepare());
  EXPECT_TRUE(files.exists("/tmp/try/steps/score/worker.json"));
}

TEST_F(DryRunTest, AMiniBatchThatThereIsNotIsRefusedWithTheRange) {
  request.mini_batch = 3;
  auto run = prepare();
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().message, "there is no mini-batch 3; there are 3: 0 to 2");
  EXPECT_FALSE(files.exists("/tmp/try"));
  files.put_folder("/empty");
  step().inputs["images"].source = PathInput{"/empty"};
  run = prepare();
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().message, HasSubstr("input 'images' is empty"));
}

TEST_F(DryRunTest, PlanningEndsWithTheMiniBatchThatIsWanted) {
  for (int i = 0; i < 5000; ++i) files.put("/in/" + std::to_string(100000 + i), "");
  const auto run = prepare();
  ASSERT_TRUE(run);
  EXPECT_FALSE((*run)->mini_batch().all_planned);
  EXPECT_LT((*run)->mini_batch().mini_batches, 2500U);
}

TEST_F(DryRunTest, TablesTellBytes) {
  files.put("/table/MLTable",
            "paths:\n  - file: ./a.csv\ntransformations:\n  - read_delimited: {}\n");
  files.put("/table/a.csv", "n\n1\n22\n");
  step().inputs["images"].source = PathInput{"/table"};
  step().inputs["images"].type = DataType::kMltable;
  std::get<ParallelSpec>(step().spec).mini_batch_size->value = {2, true, "2"};
  request.mini_batch = 1;
  const auto run = prepare();
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ((*run)->mini_batch().kind, "table");
  EXPECT_EQ((*run)->mini_batch().items, 0U);
  EXPECT_EQ((*run)->mini_batch().bytes, 3U);
}

TEST_F(DryRunTest, Spec4_6TheFirstWorkerHasTheFirstGpu) {
  gpus.there = {{3, {}, {}, {}}, {4, {}, {}, {}}};
  const auto run = prepare();
  ASSERT_TRUE(run && (*run)->run());
  using Variable = std::pair<std::string, std::string>;
  EXPECT_THAT(foreground.request.environment, Contains(Variable("CUDA_VISIBLE_DEVICES", "3")));
  EXPECT_THAT(foreground.request.environment,
              Contains(Variable("AZ_BATCHAI_GPU_COUNT_FOUND", "2")));
}

TEST_F(DryRunTest, OnlyParallelSteps) {
  step().spec = CommandSpec{};
  EXPECT_EQ(prepare().error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace batchmill::engine
