#include "parallel/lease_window.h"

#include <gtest/gtest.h>

namespace batchmill::parallel {
namespace {

using namespace std::chrono_literals;

TEST(LeaseWindow, FollowsTheSlowFewNotTheMean) {
  LeaseWindow window;
  for (int i = 0; i < 3200; ++i) window.measure(i % 10 == 0 ? Duration(50ms) : Duration(10us));
  EXPECT_EQ(window.width(), LeaseWindow::kBase);
}

TEST(LeaseWindow, OneStragglerInAHundredDoesNotMatter) {
  LeaseWindow window;
  for (int i = 0; i < 3200; ++i) window.measure(i % 100 == 0 ? Duration(5s) : Duration(10us));
  EXPECT_GT(window.width(), 200u);
}

TEST(LeaseWindow, ForgetsOldRuns) {
  LeaseWindow window;
  for (int i = 0; i < 10000; ++i) window.measure(1us);
  EXPECT_EQ(window.width(), LeaseWindow::kMost);
  for (int i = 0; i < 3000; ++i) window.measure(1s);
  EXPECT_EQ(window.width(), LeaseWindow::kBase);
  for (int i = 0; i < 20000; ++i) window.measure(1us);
  EXPECT_EQ(window.width(), LeaseWindow::kMost);
}

TEST(LeaseWindow, IsNarrowedByTheShareOfEachWorker) {
  LeaseWindow window;
  for (int i = 0; i < 100; ++i) window.measure(1us);
  EXPECT_EQ(window.narrowed(100000, 4), 768u);
  EXPECT_EQ(window.narrowed(100, 4), 25u);
  EXPECT_EQ(window.narrowed(3, 4), 1u);
  EXPECT_EQ(window.narrowed(0, 0), 1u);
}

TEST(LeaseWindow, TakesAnyDuration) {
  LeaseWindow window;
  for (int i = 0; i < 100; ++i) window.measure(Duration::max());
  for (int i = 0; i < 100; ++i) window.measure(Duration(-1));
  EXPECT_EQ(window.width(), LeaseWindow::kBase);
}

}  // namespace
}  // namespace batchmill::parallel
