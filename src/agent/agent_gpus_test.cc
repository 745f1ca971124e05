#include <optional>

#include <gtest/gtest.h>

#include "agent/agent_rig.h"
#include "os/process_tree.h"

// Which GPU a worker sees.
namespace batchmill::agent {
namespace {

using protocol::ToLeader;

constexpr const char* kVisibleGpus = "CUDA_VISIBLE_DEVICES";

class Spec4_6Gpus : public AgentRig {
 protected:
  protocol::StartWorker gpu_worker(std::uint32_t process) {
    auto start = worker(R"("0": "kill")", "ok", process);
    start.add_gpus(0);
    start.add_gpus(1);
    return start;
  }
  // What that worker was started with; nothing when the variable is absent.
  std::optional<std::string> visible_gpus(std::uint32_t process) {
    return process_variable(pid_of(process), kVisibleGpus);
  }
};

TEST_F(Spec4_6Gpus, GoToTheFirstWorkersAndTheRestHaveNoVariable) {
  start_agent();
  run_until_connected();
  for (std::uint32_t i = 0; i < 4; ++i) leader_->start_worker(gpu_worker(i));
  EXPECT_EQ(visible_gpus(0), "0");
  EXPECT_EQ(visible_gpus(1), "1");
  EXPECT_EQ(visible_gpus(2), std::nullopt);
  EXPECT_EQ(visible_gpus(3), std::nullopt);
}

TEST_F(Spec4_6Gpus, AreToldToTheLeaderAndToTheNext) {
  start_agent();
  run_until_connected();
  for (std::uint32_t i = 0; i < 3; ++i) leader_->start_worker(gpu_worker(i));
  const pid_t pid = pid_of(1);
  pid_of(2);
  EXPECT_TRUE(leader_->starting(0)->has_gpu());
  EXPECT_EQ(leader_->starting(1)->gpu(), 1u);
  EXPECT_FALSE(leader_->starting(2)->has_gpu());
  replace_leader(2);
  run_until_connected();
  ASSERT_EQ(leader_->hello.workers_size(), 3);
  EXPECT_EQ(leader_->hello.workers(1).gpu(), 1u);
  EXPECT_EQ(leader_->hello.workers(1).pid(), pid);
  EXPECT_FALSE(leader_->hello.workers(2).has_gpu());
}

TEST_F(Spec4_6Gpus, OfADeadWorkerGoesToTheNextThatStarts) {
  cores_ = CountedCores(5);
  start_agent();
  run_until_connected();
  for (std::uint32_t i = 0; i < 4; ++i) leader_->start_worker(gpu_worker(i));
  leader_->lease(0, 1);  // process000 dies of it
  run_until_received(ToLeader::kWorkerExited);
  leader_->start_worker(gpu_worker(4));
  EXPECT_EQ(visible_gpus(4), "0");
}

TEST_F(Spec4_6Gpus, AreNotGivenTwiceByTwoSteps) {
  leader_->live_steps = {"score", "other"};
  start_agent();
  run_until_connected();
  auto other = gpu_worker(0);
  other.set_step("other");
  leader_->start_worker(other);
  EXPECT_EQ(visible_gpus(0), "0");
  leader_->start_worker(gpu_worker(1));
  EXPECT_EQ(visible_gpus(1), "1");
}

TEST_F(Spec4_6Gpus, CanBeHiddenFromSurplusWorkers) {
  start_agent();
  run_until_connected();
  auto start = gpu_worker(0);
  start.clear_gpus();
  start.set_hide_gpus(true);
  leader_->start_worker(start);
  EXPECT_EQ(visible_gpus(0), "");
}

}  // namespace
}  // namespace batchmill::agent
