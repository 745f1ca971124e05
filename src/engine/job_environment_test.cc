#include "engine/job_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

Environment environment_with(const char* visible, bool gpus_are_shared) {
  WorkerFacts worker{"/py", "/out", 1, 2};
  worker.gpus_are_shared = gpus_are_shared;
  return worker_environment({{"CUDA_VISIBLE_DEVICES", visible}}, StepPlan{}, EnvironmentFacts{},
                            worker);
}

// Inherited, it would give a worker without a GPU those of others.
TEST(Spec4_6Gpus, WhereTheEngineHandsThemOutNoWorkerInheritsTheVariable) {
  EXPECT_THAT(environment_with("0,1", true), Not(Contains(Key("CUDA_VISIBLE_DEVICES"))));
  EXPECT_THAT(environment_with("0,1", true), Contains(Pair("AZ_BATCHAI_GPU_COUNT_FOUND", "2")));
}

TEST(Spec4_6Gpus, WhereItHandsOutNoneWhatTheUserSetStays) {
  EXPECT_THAT(environment_with("GPU-8a56a4bc", false),
              Contains(Pair("CUDA_VISIBLE_DEVICES", "GPU-8a56a4bc")));
}

}  // namespace
}  // namespace batchmill::engine
