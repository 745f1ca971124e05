#include "os/background_thread.h"

#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill {
namespace {

using testing::ElementsAre;

TEST(BackgroundThread, WorksInOrderOnAnotherThread) {
  BackgroundThread background;
  std::vector<int> done;
  std::promise<std::thread::id> last;
  for (int i = 0; i < 3; ++i) background.run([&done, i] { done.push_back(i); });
  background.run([&last] { last.set_value(std::this_thread::get_id()); });
  EXPECT_NE(last.get_future().get(), std::this_thread::get_id());
  EXPECT_THAT(done, ElementsAre(0, 1, 2));
}

TEST(BackgroundThread, ItsEndWaitsForTheWorkInProgress) {
  bool done = false;
  {
    std::promise<void> begun;
    BackgroundThread background;
    background.run([&] {
      begun.set_value();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      done = true;
    });
    begun.get_future().wait();
  }
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace batchmill
