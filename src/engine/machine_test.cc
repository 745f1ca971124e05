#include "engine/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<GpuReading> four_gpus() {
  std::vector<GpuReading> gpus(4);
  for (std::uint32_t i = 0; i < 4; ++i) gpus[i].index = i;
  return gpus;
}

TEST(Spec4_6Gpus, OnlyThoseThatTheUserLeftVisibleAreHandedOut) {
  const auto with = [](const char* visible) {
    return machine_of(8, four_gpus(), {{"CUDA_VISIBLE_DEVICES", visible}}).gpus;
  };
  EXPECT_THAT(machine_of(8, four_gpus(), {}).gpus, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(with("2"), ElementsAre(2));
  EXPECT_THAT(with("3, 1"), ElementsAre(3, 1));
  EXPECT_THAT(with("1,-1,2"), ElementsAre(1));
  EXPECT_THAT(with("0,7,1"), ElementsAre(0));
  for (const char* none : {"", "-1", "NoDevFiles", "GPU-8a56a4bc"}) {
    EXPECT_THAT(with(none), IsEmpty()) << none;
  }
}

TEST(Spec4_6Gpus, EveryGpuBelongsToOneNode) {
  std::vector<std::uint32_t> gpus;
  for (std::uint32_t count = 0; count <= 9; ++count) {
    for (std::uint32_t seats = 1; seats <= 5; ++seats) {
      std::vector<std::uint32_t> owned;
      for (std::uint32_t seat = 0; seat < seats; ++seat) {
        const auto own = gpus_of_seat(gpus, seat, seats);
        EXPECT_LE(own.size(), (gpus.size() + seats - 1) / seats);
        owned.insert(owned.end(), own.begin(), own.end());
      }
      EXPECT_EQ(owned, gpus);
    }
    gpus.push_back(count + 3);
  }
}

TEST(Spec4_6Gpus, ANodeBeyondTheSharesHasNone) {
  EXPECT_THAT(gpus_of_seat({0, 1, 2, 3}, 2, 2), IsEmpty());
}

}  // namespace
}  // namespace batchmill::engine
