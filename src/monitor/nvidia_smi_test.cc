#include "monitor/nvidia_smi.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/command_runner.h"

namespace batchmill::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Spec4_6GpuReadings, AreOneLinePerGpu) {
  EXPECT_THAT(parse_gpu_readings("0, 0, 1, 81559\n1, 97, 40536, 81559\n"),
              ElementsAre(GpuReading{0, 0u, 1u, 81559u}, GpuReading{1, 97u, 40536u, 81559u}));
}

TEST(Spec4_6GpuReadings, LeaveOutWhatTheDriverDoesNotTell) {
  EXPECT_THAT(parse_gpu_readings("0, [N/A], [Not Supported], 16160\r\n"),
              ElementsAre(GpuReading{0, std::nullopt, std::nullopt, 16160u}));
}

TEST(Spec4_6GpuReadings, AreNoneInOtherText) {
  EXPECT_THAT(parse_gpu_readings(""), IsEmpty());
  EXPECT_THAT(parse_gpu_readings("No devices were found\n"), IsEmpty());
  EXPECT_THAT(parse_gpu_readings("Unable to determine the device handle, for GPU, 0, x\n"),
              IsEmpty());
}

// A PATH that holds only what the test puts there.
class StandInNvidiaSmi : public testing::Test {
 protected:
  StandInNvidiaSmi() {
    std::string name = (std::filesystem::temp_directory_path() / "batchmill-gpus-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    setenv("PATH", folder_.c_str(), 1);
  }
  ~StandInNvidiaSmi() override {
    setenv("PATH", path_before_.c_str(), 1);
    std::filesystem::remove_all(folder_);
  }
  void install(const std::string& script) const {
    std::ofstream(folder_ / "nvidia-smi") << "#!/bin/sh\n" << script;
    std::filesystem::permissions(folder_ / "nvidia-smi", std::filesystem::perms::owner_all);
  }

  const std::string path_before_ = std::getenv("PATH");
  std::filesystem::path folder_;
  LocalCommandRunner commands_;
  NvidiaSmi gpus_{commands_};
};

TEST_F(StandInNvidiaSmi, IsAskedForItsReadings) {
  install(
      R"([ "$1 $2" = "--query-gpu=index,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits" ] || exit 2
echo "0, 10, 2048, 16160"
echo "1, 20, 4096, 16160"
)");
  EXPECT_THAT(gpus_.read(), SizeIs(2));
  EXPECT_EQ(gpus_.read()[1].memory_used_mib, 4096u);
}

TEST_F(StandInNvidiaSmi, ThatIsMissingMeansNone) { EXPECT_THAT(gpus_.read(), IsEmpty()); }

TEST_F(StandInNvidiaSmi, ThatFailsMeansNone) {
  install("echo '0, 1, 2, 3'; exit 9\n");
  EXPECT_THAT(gpus_.read(), IsEmpty());
}

}  // namespace
}  // namespace batchmill::monitor
